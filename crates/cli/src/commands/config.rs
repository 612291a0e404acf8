//! `skillstat config`: the settings in force.

use std::path::Path;

use serde_json::{Value, json};
use skillstat_app::{Config, Origin};

use crate::console::Console;
use crate::exit::Exit;

/// Writes a value so that it can be pasted into the file: JSON is TOML too, but for tables.
fn toml(value: &Value) -> String {
    let Value::Object(table) = value else { return value.to_string() };
    let pair = |(name, value): (&String, &Value)| format!("{name:?} = {value}");
    format!("{{{}}}", table.iter().map(pair).collect::<Vec<_>>().join(", "))
}

/// Prints every setting, its value and where it came from.
pub(crate) fn config(
    config: &Config,
    json: bool,
    console: &mut Console<'_>,
) -> anyhow::Result<Exit> {
    let path = |path: &Path| Value::from(path.display().to_string());
    let roots: Value = config.roots.value.iter().map(|root| path(&root.path)).collect();
    let fleet = &config.fleet;
    // Nothing is an empty text: there is no other word for it in TOML.
    let text = |text: &Option<String>| Value::from(text.as_deref().unwrap_or_default());
    let volumes = fleet.volumes.value.iter();
    let volumes = volumes.map(|volume| (volume.name.to_string(), path(&volume.path))).collect();
    let volumes = Value::Object(volumes);
    let settings: [(&str, Value, &Origin); 25] = [
        ("roots", roots, &config.roots.origin),
        ("max_depth", config.max_depth.value.into(), &config.max_depth.origin),
        ("exclude", config.exclude.value.clone().into(), &config.exclude.origin),
        (
            "skillmeat_home",
            config.skillmeat_home.value.as_str().into(),
            &config.skillmeat_home.origin,
        ),
        ("threads", config.threads.value.get().into(), &config.threads.origin),
        ("listen", config.listen.value.to_string().into(), &config.listen.origin),
        ("ttl_seconds", config.ttl_seconds.value.get().into(), &config.ttl_seconds.origin),
        ("key_file", path(&config.key_file.value), &config.key_file.origin),
        (
            "socket",
            config.socket.value.as_deref().map_or(false.into(), path),
            &config.socket.origin,
        ),
        ("ask_service", config.ask_service.value.into(), &config.ask_service.origin),
        ("log", config.log.value.as_str().into(), &config.log.origin),
        ("watch", config.watch.value.to_string().into(), &config.watch.origin),
        ("watch_budget", config.watch_budget.value.get().into(), &config.watch_budget.origin),
        ("state_directory", path(&config.state_directory.value), &config.state_directory.origin),
        ("backup_count", config.backup_count.value.get().into(), &config.backup_count.origin),
        ("backup_days", config.backup_days.value.get().into(), &config.backup_days.origin),
        ("lock_seconds", config.lock_seconds.value.get().into(), &config.lock_seconds.origin),
        ("index", config.index.value.into(), &config.index.origin),
        ("cache_directory", path(&config.cache_directory.value), &config.cache_directory.origin),
        ("redis", text(&fleet.redis.value), &fleet.redis.origin),
        ("redis_user", text(&fleet.redis_user.value), &fleet.redis_user.origin),
        (
            "redis_password_file",
            fleet.redis_password_file.value.as_deref().map_or("".into(), path),
            &fleet.redis_password_file.origin,
        ),
        ("redis_prefix", fleet.redis_prefix.value.as_str().into(), &fleet.redis_prefix.origin),
        ("volumes", volumes, &fleet.volumes.origin),
        ("host_name", text(&fleet.host_name.value), &fleet.host_name.origin),
    ];
    if json {
        let mut object = serde_json::Map::new();
        object.insert("config_file".to_owned(), path(&config.file.value));
        object.insert("config_file_found".to_owned(), config.file_found.into());
        for (key, value, origin) in settings {
            object.insert(key.to_owned(), json!({ "value": value, "origin": origin.to_string() }));
        }
        console.json(&object)?;
    } else {
        let found = if config.file_found { "read" } else { "not there" };
        console.line(&format!("# {} ({found})", config.file.value.display()));
        for (key, value, origin) in settings {
            console.line(&format!("{key} = {}  # {origin}", toml(&value)));
        }
    }
    Ok(Exit::Fine)
}
