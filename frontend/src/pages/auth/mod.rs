//! Registration, login and forgotten passwords.

pub mod code_field;
pub mod forgotten;
pub mod layout;
pub mod login;
pub mod register;
pub mod second_step;

pub use forgotten::ForgottenPage;
pub use login::LoginPage;
pub use register::RegisterPage;
