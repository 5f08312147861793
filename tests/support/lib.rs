//! What the journeys share: the programs started as anybody starts them, and the people around them.
//!
//! Run `cargo build --workspace` first: the journeys start the programs that lie beside the test.

mod axe;
mod browser;
mod citizen;
mod client;
mod data_folder;
mod database;
mod editor;
mod html;
mod in_process;
mod keyboard;
mod packages;
#[path = "../peers/mod.rs"]
mod peers;
mod postgres;
mod python;
mod server;
mod staff;
mod wait;

pub use browser::{Browser, Window};
pub use citizen::Citizen;
pub use client::{Client, Reply};
pub use data_folder::{DataFolder, copy_folder, knowledge_base, models_dir};
pub use database::execute;
pub use editor::{Editor, GuideForm};
pub use html::{Message, between, messages, text};
pub use in_process::open_app;
pub use keyboard::{Focus, Key};
pub use peers::telegram;
pub use python::PythonPackages;
pub use server::{Server, exit_code};
pub use staff::{PASSWORD, Staff};
pub use wait::until;
