//! When something was deployed, in the forms that SkillMeat reads and writes.

mod parse;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// A date and time, with an offset from UTC or naive.
///
/// Naive stays naive: it is never turned into an instant here, because what it means (local time of
/// the machine that wrote it) is not known. Precision is the microsecond; further digits are cut
/// off.
///
/// Parsing takes what Python 3.11's `datetime.fromisoformat` takes: extended and compact dates, ISO
/// weeks, any one character between date and time, `Z` and offsets. `Display` prints
/// `YYYY-MM-DDTHH:MM:SS`, then six digits of a second unless they are zero, then `Z` for UTC,
/// `+HH:MM` for another offset, and nothing for naive.
///
/// # Examples
///
/// ```
/// use skillstat_domain::DeployedAt;
///
/// let at: DeployedAt = "2026-01-02T03:04:05.678+00:00".parse()?;
/// assert_eq!(at.to_string(), "2026-01-02T03:04:05.678000Z");
/// # Ok::<(), skillstat_domain::DeployedAtError>(())
/// ```
///
/// # Source
///
/// `fromisoformat` of CPython 3.11, and the JSON that SkillMeat's server prints.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct DeployedAt {
    local: DateTime,
    offset: Option<Offset>,
}

impl DeployedAt {
    /// Returns the time that many microseconds after 1970 began in UTC, as UTC. Times outside the years
    /// that can be written are the nearest that can.
    pub fn utc(unix_microseconds: i64) -> Self {
        Self { local: civil(unix_microseconds, Offset::UTC), offset: Some(Offset::UTC) }
    }

    /// Returns the same time as the clocks of a place show it whose offset, in seconds east of UTC, is
    /// given; naive.
    pub fn local(unix_microseconds: i64, offset: i32) -> Self {
        let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
        Self { local: civil(unix_microseconds, offset), offset: None }
    }

    /// Tells whether the time has no offset, so that it means local time of whoever wrote it.
    pub fn is_naive(&self) -> bool {
        self.offset.is_none()
    }

    /// Returns a text that parses back to the same value: what `Display` prints, with the seconds of an
    /// offset that has some.
    pub fn exact_text(&self) -> String {
        match self.offset.map_or(0, |offset| offset.seconds().abs() % 60) {
            0 => self.to_string(),
            seconds => format!("{self}:{seconds:02}"),
        }
    }

    /// Returns the microseconds since 1970 began in UTC, a naive time being taken as local time with
    /// this offset, in seconds east of UTC. For putting times in order.
    pub fn unix_microseconds(&self, local_offset: i32) -> i64 {
        let offset = self.offset.map_or(local_offset, Offset::seconds);
        let epoch = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
        let since = self.local.duration_since(epoch);
        let microseconds = i128::from(since.as_secs() - i64::from(offset)) * 1_000_000
            + i128::from(since.subsec_micros());
        // Years 1 to 9999 in microseconds fit.
        i64::try_from(microseconds).unwrap_or(i64::MAX)
    }
}

fn civil(unix_microseconds: i64, offset: Offset) -> DateTime {
    let nearest = if unix_microseconds < 0 { Timestamp::MIN } else { Timestamp::MAX };
    offset.to_datetime(Timestamp::from_microsecond(unix_microseconds).unwrap_or(nearest))
}

impl FromStr for DeployedAt {
    type Err = DeployedAtError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse::date_time(text).map(|(local, offset)| Self { local, offset }).ok_or(DeployedAtError)
    }
}

impl fmt::Display for DeployedAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = &self.local;
        let (date, time) = (at.date(), at.time());
        // An answer has some for each copy, and `{:02}` takes ten times as long.
        let mut text = *b"0000-00-00T00:00:00.000000";
        let mut put = |digits: Range<usize>, mut value: u32| {
            for digit in text[digits].iter_mut().rev() {
                *digit += u8::try_from(value % 10).unwrap_or_default();
                value /= 10;
            }
        };
        put(0..4, date.year().unsigned_abs().into());
        put(5..7, date.month().unsigned_abs().into());
        put(8..10, date.day().unsigned_abs().into());
        put(11..13, time.hour().unsigned_abs().into());
        put(14..16, time.minute().unsigned_abs().into());
        put(17..19, time.second().unsigned_abs().into());
        let microseconds = time.subsec_nanosecond().unsigned_abs() / 1000;
        put(20..26, microseconds);
        let text = if microseconds == 0 { &text[..19] } else { &text[..] };
        f.write_str(str::from_utf8(text).map_err(|_| fmt::Error)?)?;
        match self.offset.map(Offset::seconds) {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(seconds) => {
                let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
                write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A text that is no date and time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a date and time in ISO 8601, such as 2026-01-02T03:04:05")]
pub struct DeployedAtError;

#[cfg(test)]
mod tests;
