//! What the machine itself does with as many bytes as a verification hashes, in the same minute.

use std::fs::File;
use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Instant;

use mattoni_core::Digest;

use crate::growth::{Failure, hashed, median};

/// Turns of everything that is compared; the median counts.
pub(crate) const ROUNDS: usize = 3;

/// Seconds for the bytes that so many rows hash.
pub(crate) struct Machine {
    rows: u64,
    sha: Vec<f64>,
    disk: Vec<f64>,
}

impl Machine {
    pub(crate) fn new(rows: u64) -> Self {
        Self { rows, sha: Vec::new(), disk: Vec::new() }
    }

    /// Takes a turn: one thread's SHA-256 in pieces of 64 KiB, and the disk's sequential read, of
    /// a file in `folder` that is not in memory, in pieces of 1 MiB.
    pub(crate) fn measure(&mut self, folder: &Path) -> Result<(), Failure> {
        let bytes = hashed(self.rows);
        let piece = vec![7_u8; 64 << 10];
        let start = Instant::now();
        for _ in 0..bytes.div_ceil(64 << 10) {
            black_box(Digest::of(&piece));
        }
        self.sha.push(start.elapsed().as_secs_f64());

        let path = folder.join("sequential");
        let mut piece = vec![7_u8; 1 << 20];
        let pieces = bytes.div_ceil(1 << 20);
        let mut file = File::create(&path)?;
        for _ in 0..pieces {
            file.write_all(&piece)?;
        }
        drop(file);
        forget(&path)?;
        let mut file = File::open(&path)?;
        let start = Instant::now();
        for _ in 0..pieces {
            file.read_exact(&mut piece)?;
            black_box(&piece);
        }
        let took = start.elapsed().as_secs_f64();
        self.disk.push(took * bytes as f64 / (pieces << 20) as f64);
        Ok(std::fs::remove_file(&path)?)
    }

    /// MB/s, and beside the slower of the two.
    pub(crate) fn beside(&self, took: Vec<f64>) -> String {
        let took = median(took);
        format!("{:.0} ({:.2}×)", self.rate(took), self.slower().1 / took)
    }

    /// MB/s of both, and which is the slower.
    pub(crate) fn tell(&self) -> String {
        let [sha, disk] = [&self.sha, &self.disk].map(|took| self.rate(median(took.clone())));
        format!("SHA-256 {sha:.0}, disk {disk:.0}: × is against {}", self.slower().0)
    }

    fn slower(&self) -> (&'static str, f64) {
        let [sha, disk] = [&self.sha, &self.disk].map(|took| median(took.clone()));
        if disk > sha { ("the disk", disk) } else { ("SHA-256", sha) }
    }

    fn rate(&self, took: f64) -> f64 {
        hashed(self.rows) as f64 / took / 1e6
    }
}

/// Has the system write the file to the disk and keep none of it in memory, where it can be told
/// so; elsewhere what is read of it later is read from memory.
pub(crate) fn forget(path: &Path) -> Result<(), Failure> {
    let file = File::options().read(true).write(true).open(path)?;
    file.sync_all()?;
    #[cfg(target_os = "linux")]
    rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed)?;
    Ok(())
}
