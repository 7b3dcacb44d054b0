//! Registration and login.

pub mod code_field;
pub mod layout;
pub mod login;
pub mod register;

pub use login::LoginPage;
pub use register::RegisterPage;
