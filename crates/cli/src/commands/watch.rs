//! `skillstat watch`: changes as they happen.

mod known;
mod screen;

use anyhow::Context;
use known::Known;
use screen::Screen;
use skillstat_app::{Config, Live};
use skillstat_domain::{ChangeFeed, Listener, News, Overview};
use tokio::signal::unix::{SignalKind, signal};

use crate::console::Console;
use crate::exit::{Exit, Usage};
use crate::render::plain::plain;
use crate::render::states::counted;

/// Runs the command until Ctrl-C or SIGTERM, or until nobody reads any more.
pub(crate) fn watch(
    config: &Config,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    config.has_roots().map_err(Usage::wrap)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(until_told(config, json, console));
    // A computation that nobody waits for any more must not keep the process.
    runtime.shutdown_background();
    outcome
}

#[expect(clippy::future_not_send, reason = "the thread that has the console polls it")]
async fn until_told(
    config: &Config,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let live = Live::start(config, &tokio::runtime::Handle::current())?;
    let view = match (json, console.out.size) {
        (true, _) => View::Json,
        (false, None) => View::Lines,
        (false, Some(size)) => View::Table(Screen::new(size)),
    };
    tokio::select! {
        followed = follow(&live, view, console) => followed?,
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(Exit::Fine)
}

/// How changes are shown.
enum View {
    /// One line of JSON each.
    Json,
    /// One line each.
    Lines,
    /// The whole table, drawn anew.
    Table(Screen),
}

#[expect(clippy::future_not_send, reason = "the thread that has the console polls it")]
async fn follow(live: &Live, mut view: View, console: &mut Console<'_>) -> anyhow::Result<()> {
    // Before the first look, so that nothing falls between.
    let mut listener = live.feed.listen(None);
    let overview = overview(live).await?;
    let mut known = Known::new(&overview);
    console.note(&format!(
        "watching {} in {}; Ctrl-C ends",
        counted(overview.artifacts.len(), "artifact"),
        counted(overview.projects.len(), "project"),
    ));
    if let View::Table(screen) = &mut view
        && !screen.draw(&overview, console)?
    {
        return Ok(());
    }
    drop(overview);
    loop {
        let news = next(&mut *listener).await;
        let goes_on = match &mut view {
            View::Table(screen) => screen.draw(&*self::overview(live).await?, console)?,
            View::Json => {
                let mut text = String::new();
                for news in known.learn(news, live).await? {
                    text += &serde_json::to_string(&skillstat_wire::News::from(&news))?;
                    text.push('\n');
                }
                console.now(&text)?
            }
            View::Lines => {
                let news = known.learn(news, live).await?;
                console.now(&news.iter().map(|news| line(news) + "\n").collect::<String>())?
            }
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// Waits for news, and takes all that is there.
async fn next(listener: &mut dyn Listener) -> Vec<News> {
    let mut news = Vec::new();
    let mut notice = listener.next().await;
    // The feed outlives its listeners, so it never ends before them.
    while let Some(told) = notice {
        news.push(told.news);
        // What is there already, without waiting for more.
        notice = tokio::select! {
            biased;
            notice = listener.next() => notice,
            () = std::future::ready(()) => None,
        };
    }
    news
}

async fn overview(live: &Live) -> anyhow::Result<std::sync::Arc<Overview>> {
    Ok(live.query.overview().await.context("failed to look")?.cached.value)
}

fn line(news: &News) -> String {
    let line = match news {
        News::Artifact { artifact, total, modified, worst } => format!(
            "{artifact}: in {}, modified in {modified}{}",
            counted(*total, "project"),
            worst.map(|worst| format!(", {worst}")).unwrap_or_default(),
        ),
        News::Project { project, there: true } => format!("{project}: changed"),
        News::Project { project, there: false } => format!("{project}: no project any more"),
        News::Collections => "the collections have changed".to_owned(),
        News::Resync => "looked at everything again".to_owned(),
    };
    plain(&line).into_owned()
}
