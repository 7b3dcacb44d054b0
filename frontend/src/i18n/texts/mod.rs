//! The texts, one file per area of the console.

mod access;
mod agents;
mod assignment;
mod attachments;
mod audit;
mod auth;
mod channel_tree;
mod channels;
mod common;
mod contacts;
mod conversation_settings;
mod custom_fields;
mod desk;
mod developers;
mod inbox;
mod message_actions;
mod notes;
mod people;
mod settings;
mod setup;
mod shell;
mod styles;
mod tags;
mod translation;
mod views;
mod webhooks;
