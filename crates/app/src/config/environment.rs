//! Settings from variables `SKILLSTAT_*`.

use std::ffi::OsStr;
use std::path::PathBuf;

use super::fleet::volumes;
use super::keys::{AN_ADDRESS, FROM_ONE, VARIABLES, VOLUMES};
use super::watch::A_WAY;
use super::{ConfigError, FleetLayer, Layer, Origin, Secret, Setting, Surroundings};

/// Reads the environment's settings, and the configuration file it names. Lists are separated by
/// colons; an empty variable says nothing.
pub(super) fn layer(
    surroundings: &Surroundings,
) -> Result<(Layer, Option<Setting<PathBuf>>), ConfigError> {
    check_names(surroundings)?;
    let get = |name| Some((surroundings.variable(name)?, Origin::Variable(name)));
    let layer = Layer {
        roots: get("SKILLSTAT_ROOTS").map(|(value, origin)| Setting::new(paths(value), origin)),
        max_depth: parsed(surroundings, "SKILLSTAT_MAX_DEPTH", "a whole number from 0")?,
        exclude: get("SKILLSTAT_EXCLUDE")
            .map(|(value, origin)| {
                let globs = text(value, &origin, "SKILLSTAT_EXCLUDE")?;
                Ok(Setting::new(
                    globs.split(':').filter(|glob| !glob.is_empty()).map(str::to_owned).collect(),
                    origin,
                ))
            })
            .transpose()?,
        skillmeat_home: get("SKILLSTAT_SKILLMEAT_HOME")
            .map(|(value, origin)| Setting::new(value.into(), origin)),
        threads: parsed(surroundings, "SKILLSTAT_THREADS", FROM_ONE)?,
        listen: parsed(surroundings, "SKILLSTAT_LISTEN", AN_ADDRESS)?,
        ttl_seconds: parsed(surroundings, "SKILLSTAT_TTL_SECONDS", FROM_ONE)?,
        key_file: get("SKILLSTAT_KEY_FILE")
            .map(|(value, origin)| Setting::new(value.into(), origin)),
        socket: get("SKILLSTAT_SOCKET")
            .map(|(value, origin)| match value.to_str() {
                Some("false") => Ok(Setting::new(None, origin)),
                // Meant to switch it on, which it is without.
                Some("true") => Err(ConfigError::value(
                    &origin,
                    "SKILLSTAT_SOCKET",
                    "a path, or false for none",
                )),
                _ => Ok(Setting::new(Some(value.into()), origin)),
            })
            .transpose()?,
        ask_service: parsed(surroundings, "SKILLSTAT_ASK_SERVICE", "true or false")?,
        log: get("SKILLSTAT_LOG")
            .map(|(value, origin)| {
                let filter = text(value, &origin, "SKILLSTAT_LOG")?.to_owned();
                Ok(Setting::new(filter, origin))
            })
            .transpose()?,
        watch: parsed(surroundings, "SKILLSTAT_WATCH", A_WAY)?,
        watch_budget: parsed(surroundings, "SKILLSTAT_WATCH_BUDGET", FROM_ONE)?,
        state_directory: get("SKILLSTAT_STATE_DIRECTORY")
            .map(|(value, origin)| Setting::new(value.into(), origin)),
        backup_count: parsed(surroundings, "SKILLSTAT_BACKUP_COUNT", FROM_ONE)?,
        backup_days: parsed(surroundings, "SKILLSTAT_BACKUP_DAYS", FROM_ONE)?,
        lock_seconds: parsed(surroundings, "SKILLSTAT_LOCK_SECONDS", FROM_ONE)?,
        index: parsed(surroundings, "SKILLSTAT_INDEX", "true or false")?,
        cache_directory: get("SKILLSTAT_CACHE_DIRECTORY")
            .map(|(value, origin)| Setting::new(value.into(), origin)),
        fleet: fleet(surroundings)?,
    };
    let file = get("SKILLSTAT_CONFIG")
        .map(|(value, origin)| Setting::new(surroundings.absolute(value.into()), origin));
    Ok((layer, file))
}

/// Refuses variables of ours that nobody knows.
fn check_names(surroundings: &Surroundings) -> Result<(), ConfigError> {
    for (name, _) in &surroundings.variables {
        if let Some(name) = name.to_str()
            && name.starts_with("SKILLSTAT_")
            && !VARIABLES.contains(&name)
        {
            return Err(ConfigError::unknown(&"environment", "variable", name, &VARIABLES));
        }
    }
    Ok(())
}

fn fleet(surroundings: &Surroundings) -> Result<FleetLayer, ConfigError> {
    let get = |name| {
        let Some(value) = surroundings.variable(name) else { return Ok(None) };
        let origin = Origin::Variable(name);
        let text = text(value, &origin, name)?.to_owned();
        Ok(Some(Setting::new(text, origin)))
    };
    let path = |name| {
        let value = surroundings.variable(name)?;
        Some(Setting::new(PathBuf::from(value), Origin::Variable(name)))
    };
    let shared = get("SKILLSTAT_VOLUMES")?.map(|setting| {
        let wrong = ConfigError::value(&setting.origin, "SKILLSTAT_VOLUMES", VOLUMES);
        setting.try_map(|text| volumes(&text).ok_or(wrong))
    });
    Ok(FleetLayer {
        redis: get("SKILLSTAT_REDIS")?,
        redis_user: get("SKILLSTAT_REDIS_USER")?,
        redis_password: get("SKILLSTAT_REDIS_PASSWORD")?.map(|setting| Secret::new(setting.value)),
        redis_password_file: path("SKILLSTAT_REDIS_PASSWORD_FILE"),
        redis_prefix: get("SKILLSTAT_REDIS_PREFIX")?,
        volumes: shared.transpose()?,
        host_name: get("SKILLSTAT_HOST_NAME")?,
    })
}

/// Splits a list of paths; an empty place in it is nobody's path.
fn paths(value: &OsStr) -> Vec<PathBuf> {
    std::env::split_paths(value).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// Reads a value that is no text.
fn parsed<T: std::str::FromStr>(
    surroundings: &Surroundings,
    name: &'static str,
    expected: &str,
) -> Result<Option<Setting<T>>, ConfigError> {
    let Some(value) = surroundings.variable(name) else { return Ok(None) };
    let origin = Origin::Variable(name);
    let parsed = text(value, &origin, name)?.parse();
    let value = parsed.map_err(|_| ConfigError::value(&origin, name, expected))?;
    Ok(Some(Setting::new(value, origin)))
}

fn text<'a>(value: &'a OsStr, origin: &Origin, name: &str) -> Result<&'a str, ConfigError> {
    value.to_str().ok_or_else(|| ConfigError::value(origin, name, "UTF-8"))
}
