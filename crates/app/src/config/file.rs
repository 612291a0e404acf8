//! Settings from `config.toml`.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::{fs, io};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::keys::{AN_ADDRESS, FROM_ONE, KEYS, VOLUMES};
use super::watch::A_WAY;
use super::{ConfigError, FleetLayer, Layer, Origin, Setting, Surroundings, Volume};

/// Reads the file; tells whether there is one. Only a file that was asked for must be there.
pub(super) fn layer(
    file: &Setting<PathBuf>,
    surroundings: &Surroundings,
) -> Result<(Layer, bool), ConfigError> {
    let path = &file.value;
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if file.origin == Origin::Default && is_absence(&error) => {
            return Ok((Layer::default(), false));
        }
        Err(error) => {
            return Err(ConfigError::new(
                &path.display(),
                format!("cannot be read: {error} ({})", file.origin),
            ));
        }
    };
    let line = |offset: usize| {
        let before = text.as_bytes()[..offset.min(text.len())].split(|&byte| byte == b'\n').count();
        u32::try_from(before).unwrap_or(u32::MAX)
    };
    let table = DeTable::parse(&text).map_err(|error| {
        let line = line(error.span().map_or(0, |span| span.start));
        ConfigError::new(
            &format!("{}:{line}", path.display()),
            format!("not TOML: {}", error.message()),
        )
    })?;
    let mut layer = Layer::default();
    // Relative roots start where the file is, not wherever the command is run.
    let base = path.parent().unwrap_or(Path::new("/"));
    let resolve = |text: String| {
        let path = PathBuf::from(text);
        if path.starts_with("~") { surroundings.absolute(path) } else { base.join(path) }
    };
    for (key, value) in table.get_ref() {
        let origin = Origin::File { path: path.clone(), line: line(key.span().start) };
        set(&mut layer, (key.get_ref(), value), origin, &resolve)?;
    }
    Ok((layer, true))
}

/// Takes one key and its value into the layer.
fn set(
    layer: &mut Layer,
    (name, value): (&str, &Spanned<DeValue<'_>>),
    origin: Origin,
    resolve: &dyn Fn(String) -> PathBuf,
) -> Result<(), ConfigError> {
    let wrong = |expected| ConfigError::value(&origin, name, expected);
    let path = || string(value).map(resolve).ok_or_else(|| wrong("a string"));
    let count = || number(value).and_then(NonZeroUsize::new).ok_or_else(|| wrong(FROM_ONE));
    let time = || {
        let time = number(value).and_then(|time| NonZeroU64::new(u64::try_from(time).ok()?));
        time.ok_or_else(|| wrong(FROM_ONE))
    };
    let switch = || match value.get_ref() {
        DeValue::Boolean(on) => Ok(*on),
        _ => Err(wrong("true or false")),
    };
    match name {
        "roots" => {
            let roots = strings(value).ok_or_else(|| wrong("an array of strings"))?;
            layer.roots = Some(Setting::new(roots.into_iter().map(resolve).collect(), origin));
        }
        "exclude" => {
            let globs = strings(value).ok_or_else(|| wrong("an array of strings"))?;
            layer.exclude = Some(Setting::new(globs, origin));
        }
        "skillmeat_home" => layer.skillmeat_home = Some(Setting::new(path()?, origin)),
        "max_depth" => {
            let depth = number(value).ok_or_else(|| wrong("a whole number from 0"))?;
            layer.max_depth = Some(Setting::new(depth, origin));
        }
        "threads" => layer.threads = Some(Setting::new(count()?, origin)),
        "listen" => {
            let address = string(value).and_then(|address| address.parse().ok());
            let address = address.ok_or_else(|| wrong(AN_ADDRESS))?;
            layer.listen = Some(Setting::new(address, origin));
        }
        "ttl_seconds" => layer.ttl_seconds = Some(Setting::new(time()?, origin)),
        "key_file" => layer.key_file = Some(Setting::new(path()?, origin)),
        "socket" => {
            let path = match value.get_ref() {
                DeValue::Boolean(false) => None,
                _ => Some(string(value).ok_or_else(|| wrong("a string, or false for none"))?),
            };
            layer.socket = Some(Setting::new(path.map(resolve), origin));
        }
        "ask_service" => layer.ask_service = Some(Setting::new(switch()?, origin)),
        "log" => {
            let filter = string(value).ok_or_else(|| wrong("a string"))?;
            layer.log = Some(Setting::new(filter, origin));
        }
        "watch" => {
            let watch = string(value).and_then(|watch| watch.parse().ok());
            layer.watch = Some(Setting::new(watch.ok_or_else(|| wrong(A_WAY))?, origin));
        }
        "watch_budget" => layer.watch_budget = Some(Setting::new(count()?, origin)),
        "state_directory" => layer.state_directory = Some(Setting::new(path()?, origin)),
        "backup_count" => layer.backup_count = Some(Setting::new(count()?, origin)),
        "backup_days" => layer.backup_days = Some(Setting::new(time()?, origin)),
        "redis"
        | "redis_user"
        | "redis_password_file"
        | "redis_prefix"
        | "host_name"
        | "volumes" => set_fleet(&mut layer.fleet, (name, value), origin, resolve)?,
        "lock_seconds" => layer.lock_seconds = Some(Setting::new(time()?, origin)),
        "index" => layer.index = Some(Setting::new(switch()?, origin)),
        "cache_directory" => layer.cache_directory = Some(Setting::new(path()?, origin)),
        _ => return Err(ConfigError::unknown(&origin, "key", name, &KEYS)),
    }
    Ok(())
}

/// Takes one key of several machines; an empty text says nothing.
fn set_fleet(
    fleet: &mut FleetLayer,
    (name, value): (&str, &Spanned<DeValue<'_>>),
    origin: Origin,
    resolve: &dyn Fn(String) -> PathBuf,
) -> Result<(), ConfigError> {
    if name == "volumes" {
        let volumes = volumes(value, resolve);
        let volumes = volumes.ok_or_else(|| ConfigError::value(&origin, name, VOLUMES))?;
        fleet.volumes = Some(Setting::new(volumes, origin));
        return Ok(());
    }
    let text = string(value).ok_or_else(|| ConfigError::value(&origin, name, "a string"))?;
    let text = (!text.is_empty()).then(|| Setting::new(text, origin));
    match name {
        "redis" => fleet.redis = text,
        "redis_user" => fleet.redis_user = text,
        "redis_prefix" => fleet.redis_prefix = text,
        "host_name" => fleet.host_name = text,
        _ => fleet.redis_password_file = text.map(|text| text.map(resolve)),
    }
    Ok(())
}

/// Reads a table of directories by name.
fn volumes(
    value: &Spanned<DeValue<'_>>,
    resolve: &dyn Fn(String) -> PathBuf,
) -> Option<Vec<Volume>> {
    let DeValue::Table(table) = value.get_ref() else { return None };
    let volume = |(name, path): (&Spanned<_>, _)| {
        let name: &std::borrow::Cow<'_, str> = name.get_ref();
        Some(Volume { name: name.parse().ok()?, path: resolve(string(path)?) })
    };
    let mut volumes = table.iter().map(volume).collect::<Option<Vec<_>>>()?;
    volumes.sort();
    Some(volumes)
}

fn string(value: &Spanned<DeValue<'_>>) -> Option<String> {
    value.get_ref().as_str().map(str::to_owned)
}

fn strings(value: &Spanned<DeValue<'_>>) -> Option<Vec<String>> {
    value.get_ref().as_array()?.iter().map(string).collect()
}

fn number(value: &Spanned<DeValue<'_>>) -> Option<usize> {
    let DeValue::Integer(number) = value.get_ref() else { return None };
    usize::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Nothing is there: no such name, or a file in place of a directory.
fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}
