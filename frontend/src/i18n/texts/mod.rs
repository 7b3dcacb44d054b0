//! The texts, one file per area of the console.

mod agents;
mod assignment;
mod attachments;
mod auth;
mod channels;
mod common;
mod conversation_settings;
mod inbox;
mod message_actions;
mod notes;
mod settings;
mod setup;
mod shell;
mod tags;
mod translation;
mod views;
