//! Journeys through the outer doors, with real parts: the programs, the model, the guides, a browser.

mod accessible;
mod accounts;
mod ask_in_the_browser;
mod bad_input;
mod command_line;
mod dead_platform;
mod editor;
mod english;
mod evaluation;
mod faults;
mod first_start;
mod handover;
mod killed;
mod learn;
mod operate;
mod places;
mod privacy;
mod red_team;
mod several_processes;
mod telegram;
mod telegram_simulator;
mod telegram_turns;
