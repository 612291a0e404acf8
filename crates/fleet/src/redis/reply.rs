//! What the server says, taken apart. It may be anybody who answers: every shape is checked, and what is
//! not expected is an error.

use std::collections::BTreeSet;
use std::time::Duration;

use ::redis::Value;
use skillstat_domain::{FleetError, HostId, HostReport, Missed, Renewal, VolumeVersion, is_active};
use skillstat_wire::HostBody;

use super::entry;
use super::limits::{LOG, MOST_BYTES, MOST_HOSTS};

/// The longest that is repeated of what a stranger says.
const MOST_SAID: usize = 200;

/// Returns what is said to a question; every script repeats what tells it from others.
pub(super) fn to<'a>(question: &str, value: &'a Value) -> Result<&'a Value, FleetError> {
    match value {
        Value::Array(values) => match values.as_slice() {
            [repeated, answer] if text(repeated).is_ok_and(|text| text == question) => Ok(answer),
            _ => Err(nonsense("to another question")),
        },
        _ => Err(nonsense("no list")),
    }
}

/// Reads what `renew.lua` returns to whoever knows a version.
pub(super) fn renewal(value: &Value, known: Option<VolumeVersion>) -> Result<Renewal, FleetError> {
    let Value::Array(values) = value else { return Err(nonsense("no list")) };
    let [version, what, entries @ ..] = values.as_slice() else {
        return Err(nonsense("a list that is too short"));
    };
    let version = self::version(version)?;
    let missed = match text(what)? {
        "everything" if entries.is_empty() => Missed::Everything,
        // As many as there are versions between: none is left out.
        "changes" if entries.len() <= LOG && is_next(known, entries.len(), version) => {
            let mut changes = BTreeSet::new();
            for entry in entries {
                let read = bytes(entry).ok().and_then(entry::read);
                changes.extend(read.ok_or_else(|| nonsense("a change that is none"))?);
            }
            Missed::Changes(changes)
        }
        _ => return Err(nonsense("neither changes nor everything")),
    };
    Ok(Renewal { version, missed })
}

/// Tells whether a version is so many after the one that is known.
fn is_next(known: Option<VolumeVersion>, more: usize, version: VolumeVersion) -> bool {
    let next = |known: VolumeVersion| known.count().checked_add(u64::try_from(more).ok()?);
    known.and_then(next) == Some(version.count())
}

/// Reads a version, as `announce.lua` returns it.
pub(super) fn version(value: &Value) -> Result<VolumeVersion, FleetError> {
    number(value).and_then(VolumeVersion::new).ok_or_else(|| nonsense("a version that is none"))
}

/// Reads what `hosts.lua` returns.
pub(super) fn hosts(value: &Value) -> Result<Vec<HostReport>, FleetError> {
    let Value::Array(values) = value else { return Err(nonsense("no list")) };
    let (reports, rest) = values.as_chunks::<3>();
    if !rest.is_empty() || reports.len() > MOST_HOSTS {
        return Err(nonsense("a list that is too long"));
    }
    let mut reports = reports.iter().map(report).collect::<Result<Vec<_>, _>>()?;
    reports.sort_by(|a, b| {
        let key = |report: &HostReport| (report.summary.name.clone(), report.summary.host);
        key(a).cmp(&key(b))
    });
    Ok(reports)
}

fn report([id, age, body]: &[Value; 3]) -> Result<HostReport, FleetError> {
    let id: HostId = text(id)?.parse().map_err(|_| nonsense("a machine without an id"))?;
    let wrong = |what: &dyn std::fmt::Display| nonsense(&format!("of machine {id}: {what}"));
    let age = number(age).ok_or_else(|| wrong(&"no age"))?;
    let body = bytes(body)?;
    if body.len() > MOST_BYTES {
        return Err(wrong(&"too much"));
    }
    let body: HostBody = serde_json::from_slice(body).map_err(|error| wrong(&error))?;
    let summary = body.read().map_err(|error| wrong(&error))?;
    if summary.host != id {
        return Err(wrong(&"a report of another one"));
    }
    Ok(HostReport { summary, age: Duration::from_millis(age) })
}

/// Finds out which run of the server this is. It is another one after each start.
pub(super) fn run_id(value: &Value) -> Result<String, FleetError> {
    let line = text(value)?.lines().find_map(|line| line.strip_prefix("run_id:"));
    let id = line.unwrap_or_default();
    let hex = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if hex && id.len() == 40 { Ok(id.to_owned()) } else { Err(nonsense("no `run_id`")) }
}

fn bytes(value: &Value) -> Result<&[u8], FleetError> {
    match value {
        Value::BulkString(bytes) => Ok(bytes),
        _ => Err(nonsense("no text")),
    }
}

fn text(value: &Value) -> Result<&str, FleetError> {
    str::from_utf8(bytes(value)?).map_err(|_| nonsense("a text that is not UTF-8"))
}

/// Reads digits, and nothing else.
fn number(value: &Value) -> Option<u64> {
    let text = text(value).ok()?;
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

/// An answer that makes no sense.
pub(super) fn nonsense(what: &str) -> FleetError {
    FleetError { reason: format!("it answers what makes no sense: {}", said(what)) }
}

/// What a stranger says, short and without what a terminal would obey.
pub(super) fn said(text: &str) -> String {
    let plain = text.chars().map(|c| if is_active(c) { ' ' } else { c });
    let mut said: String = plain.take(MOST_SAID).collect();
    if text.chars().nth(MOST_SAID).is_some() {
        said.push('…');
    }
    said
}

#[cfg(test)]
mod tests;
