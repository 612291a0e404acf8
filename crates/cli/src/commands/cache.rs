//! `skillstat cache`: what is remembered of copies from one command to the next.

use serde_json::json;
use skillstat_app::{Config, clear_index, index_content};

use crate::args::CacheCommand;
use crate::console::Console;
use crate::exit::Exit;
use crate::render::plain::plain;
use crate::render::states::counted;

/// Shows the index, or removes it.
pub(crate) fn cache(
    config: &Config,
    command: Option<&CacheCommand>,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    match command {
        None => show(config, json, console)?,
        Some(CacheCommand::Clear) => {
            let removed = clear_index(config)?;
            let path = index_content(config).path.display().to_string();
            if json {
                console.json(&json!({ "path": path, "removed": removed }))?;
            } else {
                let removed = if removed { "removed" } else { "there was nothing at" };
                console.line(&format!("{removed} {}", plain(&path)));
            }
        }
    }
    Ok(Exit::Fine)
}

fn show(config: &Config, json: bool, console: &mut Console<'_>) -> anyhow::Result<()> {
    let content = index_content(config);
    let path = content.path.display().to_string();
    if json {
        let (entries, reason) = match &content.entries {
            Ok(entries) => (Some(entries), None),
            Err(reason) => (None, Some(reason)),
        };
        return console.json(&json!({
            "path": path,
            "used": config.index.value,
            "entries": entries,
            "size_bytes": content.bytes,
            "reason": reason,
        }));
    }
    let holds = match &content.entries {
        Ok(0) if content.bytes == 0 => "not there yet".to_owned(),
        Ok(entries) => {
            format!("{} in {} bytes", counted(*entries, "content"), content.bytes)
        }
        Err(reason) => format!("{}, so it is made anew", plain(reason)),
    };
    console.line(&format!("Index of fingerprints {}: {holds}", plain(&path)));
    if !config.index.value {
        console.line(&format!("It is not used ({}).", config.index.origin));
    }
    Ok(())
}
