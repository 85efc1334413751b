//! A reader that never holds a line longer than its limit.

use std::io::{self, Read};

/// Passes lines on, but replaces each that is too long by an empty one, and remembers which.
///
/// The `csv` crate would take a hundred-megabyte line into memory before anyone could refuse it.
/// Every line, the last one too, is passed on with a bare `\n` at its end: only then can the
/// number of a record's line be read off the reader's position.
pub(super) struct BoundedLines<R> {
    source: R,
    limit: usize,
    /// What has been read and not yet passed on starts at `start`.
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    line: u64,
    too_long: Vec<u64>,
    /// Whole lines that may be passed on end here.
    ready: usize,
    skipping: bool,
}

const CHUNK: usize = 64 * 1024;
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Whether a file begins as one in UTF-16: with its byte-order mark, or with an ASCII letter of two
/// bytes.
fn is_utf16(bytes: &[u8]) -> bool {
    match bytes {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => true,
        [0, letter, 0, ..] | [letter, 0, _, 0, ..] => letter.is_ascii_graphic(),
        _ => false,
    }
}

impl<R: Read> BoundedLines<R> {
    pub(super) fn new(source: R, limit: usize) -> Self {
        Self {
            source,
            limit,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            line: 1,
            too_long: Vec::new(),
            ready: 0,
            skipping: false,
        }
    }

    /// Numbers of the lines that were left out, counted from 1.
    pub(super) fn too_long(&self) -> &[u64] {
        &self.too_long
    }

    /// The separator the header line uses: a tab or a semicolon where it has more of them than of
    /// the others, and else a comma. Passes over a byte-order mark. `None` when the file is in
    /// UTF-16, of which no line can be read.
    pub(super) fn delimiter(&mut self) -> io::Result<Option<u8>> {
        while self.ready == self.start && !self.ended {
            self.fill()?;
        }
        if is_utf16(&self.buffer[self.start..]) {
            return Ok(None);
        }
        if self.buffer[self.start..self.ready].starts_with(BYTE_ORDER_MARK) {
            self.start += BYTE_ORDER_MARK.len();
        }
        let header = self.buffer[self.start..self.ready].split(|b| *b == b'\n').next();
        let count = |separator| header.map_or(0, |h| h.iter().filter(|b| **b == separator).count());
        // Of equals the last one counts.
        let most = [b'\t', b';', b','].into_iter().max_by_key(|separator| count(*separator));
        Ok(Some(most.unwrap_or(b',')))
    }

    /// Reads a chunk more and decides which whole lines may be passed on.
    fn fill(&mut self) -> io::Result<()> {
        self.buffer.drain(..self.start);
        self.ready -= self.start;
        self.start = 0;

        let mut chunk = [0; CHUNK];
        let count = loop {
            match self.source.read(&mut chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        let mut rest = &chunk[..count];
        while let Some(length) = rest.iter().position(|byte| *byte == b'\n') {
            self.take(&rest[..length]);
            self.end_line();
            rest = &rest[length + 1..];
        }
        self.take(rest);
        if count == 0 {
            self.ended = true;
            if self.buffer.len() > self.ready {
                self.end_line();
            }
        }
        Ok(())
    }

    /// Adds to the line under way, unless that makes it too long.
    fn take(&mut self, part: &[u8]) {
        if self.skipping {
            return;
        }
        if self.buffer.len() - self.ready + part.len() > self.limit {
            self.too_long.push(self.line);
            self.skipping = true;
            self.buffer.truncate(self.ready);
        } else {
            self.buffer.extend_from_slice(part);
        }
    }

    /// Ends the line under way. One that was too long stays as an empty line, so that later
    /// lines keep their numbers.
    fn end_line(&mut self) {
        if self.buffer.len() > self.ready && self.buffer.ends_with(b"\r") {
            self.buffer.pop();
        }
        self.buffer.push(b'\n');
        self.ready = self.buffer.len();
        self.skipping = false;
        self.line += 1;
    }
}

impl<R: Read> Read for BoundedLines<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while self.ready == self.start && !self.ended {
            self.fill()?;
        }
        let count = out.len().min(self.ready - self.start);
        out[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
        self.start += count;
        Ok(count)
    }
}
