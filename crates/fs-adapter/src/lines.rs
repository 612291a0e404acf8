//! From byte offsets to line numbers.

/// The starts of the lines of a text.
#[derive(Debug)]
pub(crate) struct Lines {
    starts: Vec<usize>,
    first: u32,
}

impl Lines {
    /// Looks a text over whose first line has the number `first`.
    pub(crate) fn new(text: &[u8], first: u32) -> Self {
        let starts =
            text.iter().enumerate().filter(|&(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Self { starts: starts.collect(), first }
    }

    /// Returns the number of the line that holds the byte at `offset`.
    pub(crate) fn at(&self, offset: usize) -> u32 {
        let before = self.starts.partition_point(|&start| start <= offset);
        self.first.saturating_add(u32::try_from(before).unwrap_or(u32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_from_the_first_line() {
        let lines = Lines::new(b"a\r\nb\n\nc", 1);
        let found: Vec<_> = [0, 1, 2, 3, 5, 6, 99].iter().map(|&offset| lines.at(offset)).collect();
        assert_eq!(found, [1, 1, 1, 2, 3, 4, 4]);
        assert_eq!(Lines::new(b"a", 40).at(0), 40);
    }
}
