//! ClamAV's daemon, by its own protocol (`clamd(8)`, INSTREAM).

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Scan, ScanError, Scanner, Verdict};

/// ClamAV's daemon. Its `StreamMaxLength` must be no less than the greatest file a service takes.
///
/// Needs a tokio runtime.
#[derive(Debug, Clone)]
pub struct Clamd {
    place: Place,
    patience: Duration,
}

#[derive(Debug, Clone)]
enum Place {
    Tcp(String),
    #[cfg(unix)]
    Socket(PathBuf),
}

trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

const CHUNK: usize = 64 << 10;
/// An answer is a line.
const ANSWER: u64 = 4096;

impl Clamd {
    /// The daemon at `host:port`. It speaks in clear: on this machine, or a network of its own.
    #[must_use]
    pub fn tcp(address: impl Into<String>) -> Self {
        Self { place: Place::Tcp(address.into()), patience: Duration::from_secs(60) }
    }

    /// The daemon at a socket of this machine, e.g. `/run/clamav/clamd.ctl`.
    #[cfg(unix)]
    #[must_use]
    pub fn socket(path: impl Into<PathBuf>) -> Self {
        Self { place: Place::Socket(path.into()), patience: Duration::from_secs(60) }
    }

    /// Waits so long for the whole of one answer; a minute, if not said otherwise.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    async fn connect(&self) -> std::io::Result<Box<dyn Wire>> {
        Ok(match &self.place {
            Place::Tcp(address) => Box::new(TcpStream::connect(address).await?),
            #[cfg(unix)]
            Place::Socket(path) => Box::new(tokio::net::UnixStream::connect(path).await?),
        })
    }

    /// Sends a command, with a file where it takes one, and reads the answer.
    async fn ask(&self, command: &[u8], file: Option<&[u8]>) -> std::io::Result<String> {
        let mut wire = self.connect().await?;
        let sent = send(&mut wire, command, file).await;
        let mut answer = Vec::new();
        let read = wire.take(ANSWER).read_to_end(&mut answer).await;
        // A daemon that has seen enough answers and hangs up before it has read everything.
        if answer.is_empty() {
            sent?;
            read?;
        }
        Ok(String::from_utf8_lossy(&answer).trim_end_matches('\0').trim().to_owned())
    }
}

async fn send(wire: &mut impl Wire, command: &[u8], file: Option<&[u8]>) -> std::io::Result<()> {
    wire.write_all(command).await?;
    if let Some(file) = file {
        for chunk in file.chunks(CHUNK) {
            // At most CHUNK.
            wire.write_u32(u32::try_from(chunk.len()).unwrap_or(u32::MAX)).await?;
            wire.write_all(chunk).await?;
        }
        wire.write_u32(0).await?;
    }
    wire.flush().await
}

#[async_trait]
impl Scanner for Clamd {
    async fn scan(&self, bytes: &[u8]) -> Result<Scan, ScanError> {
        const SCANNING: &str = "failed to have a file scanned";
        let both = async {
            let engine = self.ask(b"zVERSION\0", None).await?;
            Ok::<_, std::io::Error>((engine, self.ask(b"zINSTREAM\0", Some(bytes)).await?))
        };
        let answered = tokio::time::timeout(self.patience, both).await;
        let answered = answered.map_err(|e| ScanError::new(SCANNING).caused_by(e))?;
        let (engine, answer) = answered.map_err(|e| ScanError::new(SCANNING).caused_by(e))?;
        let found = answer.strip_prefix("stream: ").unwrap_or(&answer);
        let verdict = if found == "OK" {
            Verdict::Clean
        } else if let Some(signature) = found.strip_suffix(" FOUND") {
            Verdict::Infected { signature: signature.to_owned() }
        } else {
            let said = std::io::Error::other(answer);
            return Err(ScanError::new(SCANNING).caused_by(said));
        };
        Ok(Scan { engine, verdict })
    }
}
