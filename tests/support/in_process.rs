//! The bot's own parts inside the test, for what has to be driven from within: time, and what lies in the queues.

use std::sync::Arc;

use anyhow::Result;
use bot::app::{App, AppState};
use bot::channel::telegram::Telegram;
use bot::clock::{Clock, Randomness};
use bot::config::Config;
use bot::hub::Hub;
use bot::inbox::{Arrivals, Line};
use bot::startup::{self, Parts};
use bot::telemetry::readiness::Workers;
use bot::workers::Wake;
use models::EmbedderPool;

use crate::data_folder::{DataFolder, knowledge_base};
use crate::peers::telegram::Simulator;

/// The parts of a bot on this folder that talks to the simulator, with these settings besides, and its embedder.
///
/// # Errors
/// When a part can't be opened.
pub async fn open_app(
    folder: &DataFolder,
    simulator: &Simulator,
    settings: &[(&str, &str)],
    clock: Clock,
) -> Result<(App, Arc<EmbedderPool>)> {
    let guides = knowledge_base();
    let setting = |name: &str| match name {
        "SEN_KNOWLEDGE_BASE" => Some(guides.display().to_string()),
        "SEN_DATABASE_URL" => Some(folder.database_url()),
        "SEN_TELEGRAM_TOKEN" => Some(simulator.token().to_owned()),
        "SEN_TELEGRAM_API" => Some(simulator.url()),
        _ => settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()),
    };
    let config = Config::load(folder.path(), &setting)?;
    let Parts { db, engine } = startup::open(&config).await?;
    startup::build(&engine, &db, &guides, &clock, &mut |_, _| {}).await?;
    let telegram = config.telegram.as_ref().map(Telegram::new).transpose()?;
    let embedder = engine.embedder().clone();
    let app = App::new(AppState {
        config,
        db,
        instance: "in-process".into(),
        engine,
        hub: Hub::default(),
        clock,
        random: Randomness::from_system()?,
        wake: Wake::default(),
        arrivals: Arrivals::default(),
        line: Line::default(),
        workers: Workers::default(),
        telegram,
    });
    Ok((app, embedder))
}
