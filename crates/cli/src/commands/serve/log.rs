//! The log of the service.

use std::io;

use anyhow::anyhow;
use skillstat_app::{Origin, Setting};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::exit::Usage;

/// Writes to stderr what the filter lets through; `-v` lets more through if nothing else was said.
pub(super) fn log(
    filter: &Setting<String>,
    verbose: bool,
    json: bool,
    color: bool,
) -> anyhow::Result<()> {
    let text = match filter.origin {
        Origin::Default if verbose => "debug",
        _ => &filter.value,
    };
    let targets: Targets = text.parse().map_err(|error| {
        Usage::wrap(anyhow!(
            "{}: `{text}` is no filter: {error}; it is a level, or levels by target as in \
             `info,skillstat_http::request=debug`",
            filter.origin
        ))
    })?;
    let lines = fmt::layer().with_ansi(color).with_writer(io::stderr);
    let subscriber = tracing_subscriber::registry().with(targets);
    // Fails when there is one already, as in a test.
    let _already_set = if json {
        subscriber.with(lines.json()).try_init()
    } else {
        subscriber.with(lines).try_init()
    };
    Ok(())
}
