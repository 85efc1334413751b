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

    /// The separator the header line uses: a semicolon where it has more of them than commas.
    /// Passes over a byte-order mark.
    pub(super) fn delimiter(&mut self) -> io::Result<u8> {
        while self.ready == self.start && !self.ended {
            self.fill()?;
        }
        if self.buffer[self.start..self.ready].starts_with(BYTE_ORDER_MARK) {
            self.start += BYTE_ORDER_MARK.len();
        }
        let header = self.buffer[self.start..self.ready].split(|b| *b == b'\n').next();
        let count = |separator| header.map_or(0, |h| h.iter().filter(|b| **b == separator).count());
        Ok(if count(b';') > count(b',') { b';' } else { b',' })
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
