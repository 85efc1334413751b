//! One server with its folder.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use tempfile::TempDir;

use crate::user::Account;
use crate::{Binaries, Unavailable};

/// How to start a server.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    settings: Vec<(String, String)>,
    files: Vec<(String, Vec<u8>)>,
    tcp: Option<u16>,
    within: Option<PathBuf>,
}

impl Options {
    /// Makes the server's folder within this one, in the place of `/tmp`. Its path must be short: that
    /// of a socket has about a hundred bytes. Whoever runs the server must get into it.
    #[must_use]
    pub fn within(mut self, folder: impl Into<PathBuf>) -> Self {
        self.within = Some(folder.into());
        self
    }

    /// A setting of `postgresql.conf`.
    #[must_use]
    pub fn with_setting(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.to_owned(), value.to_owned()));
        self
    }

    /// A file in the data folder that only the server can read, e.g. `server.key`.
    #[must_use]
    pub fn with_file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    /// Listens on a free port of 127.0.0.1 too, see [`Cluster::port`].
    ///
    /// # Errors
    /// When no port is free.
    pub fn with_tcp(mut self) -> Result<Self, Unavailable> {
        let port = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
        let port = port.map_err(|e| Unavailable::new(format!("no port is free: {e}")))?;
        self.tcp = Some(port.port());
        Ok(self)
    }
}

/// A running server. Dropping it stops the server and removes its folder.
#[derive(Debug)]
pub struct Cluster {
    binaries: Binaries,
    account: Option<Account>,
    options: Options,
    server: Option<Child>,
    // Dropped last.
    folder: TempDir,
}

/// Runs the server until it ends or our end of the pipe is closed, by us or by our death.
const KEEPER: &str = r#"
    exec 3<&0
    "$@" </dev/null >"$LOG" 2>&1 &
    server=$!
    (cat <&3 >/dev/null; kill -INT $server 2>/dev/null) &
    watcher=$!
    wait $server
    status=$?
    kill $watcher 2>/dev/null
    exit $status
"#;

impl Cluster {
    /// Makes a new cluster in a folder of its own and starts it.
    ///
    /// # Errors
    /// When it cannot be made or does not answer.
    pub fn start(binaries: &Binaries) -> Result<Self, Unavailable> {
        Self::start_with(binaries, Options::default())
    }

    /// [`start`](Self::start) with options.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(binaries: &Binaries, options: Options) -> Result<Self, Unavailable> {
        let account = Account::needed()?;
        let folder = folder(account, &options)?;
        let mut initdb = Command::new(binaries.program("initdb"));
        initdb
            .args(["--no-sync", "--auth=trust", "--username=admin", "--encoding=UTF8"])
            .args(["--no-locale", "--no-instructions", "--pgdata"])
            .arg(folder.path().join("data"))
            .current_dir(folder.path());
        Account::run_as(account, &mut initdb);
        make(&mut initdb)?;
        Self::run(binaries, account, options, folder)
    }

    /// Starts a server on a copy of `base`, a data folder that `pg_basebackup` made, which it
    /// first brings forward as the settings `restore_command` and `recovery_target_…` say.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn restore(
        binaries: &Binaries,
        base: &Path,
        options: Options,
    ) -> Result<Self, Unavailable> {
        let account = Account::needed()?;
        let folder = folder(account, &options)?;
        let data = folder.path().join("data");
        make(Command::new("cp").arg("-R").arg(base).arg(&data))?;
        std::fs::write(data.join("recovery.signal"), "").map_err(|e| cannot(&e))?;
        Account::give_all(account, &data)?;
        Self::run(binaries, account, options, folder)
    }

    fn run(
        binaries: &Binaries,
        account: Option<Account>,
        options: Options,
        folder: TempDir,
    ) -> Result<Self, Unavailable> {
        for (name, bytes) in &options.files {
            let path = folder.path().join("data").join(name);
            std::fs::write(&path, bytes).map_err(|e| cannot(&e))?;
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
            std::fs::set_permissions(&path, mode).map_err(|e| cannot(&e))?;
            Account::give(account, &path)?;
        }
        let binaries = binaries.clone();
        let mut cluster = Self { binaries, account, options, server: None, folder };
        cluster.restart()?;
        Ok(cluster)
    }

    /// Starts the server again after [`kill`](Self::kill), and waits until it answers.
    ///
    /// # Errors
    /// When it does not answer.
    pub fn restart(&mut self) -> Result<(), Unavailable> {
        // What a killed server leaves behind may take a moment to go.
        let mut said = String::new();
        for _ in 0..5 {
            self.stop();
            let mut server = self.spawn()?;
            for _ in 0..600 {
                let ended = server.try_wait().ok().flatten().is_some();
                if ended {
                    break;
                }
                if self.answers() {
                    self.server = Some(server);
                    return Ok(());
                }
                thread::sleep(Duration::from_millis(50));
            }
            end(&mut server);
            said = std::fs::read_to_string(self.log()).unwrap_or_default();
            thread::sleep(Duration::from_millis(200));
        }
        let last = said.lines().last().unwrap_or("it says nothing").to_owned();
        Err(Unavailable::new(format!("a private PostgreSQL does not start: {last}")))
    }

    fn spawn(&self) -> Result<Child, Unavailable> {
        let mut keeper = Command::new("sh");
        keeper
            .args(["-c", KEEPER, "sh"])
            .arg(self.binaries.program("postgres"))
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.folder.path())
            .arg("-h")
            .arg(if self.options.tcp.is_some() { "127.0.0.1" } else { "" })
            .arg("-p")
            .arg(self.port().to_string())
            .current_dir(self.folder.path())
            .env("LOG", self.log())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for (name, value) in &self.options.settings {
            keeper.arg("-c").arg(format!("{name}={value}"));
        }
        Account::run_as(self.account, &mut keeper);
        keeper.spawn().map_err(|e| Unavailable::new(format!("sh could not be started: {e}")))
    }

    fn answers(&self) -> bool {
        Command::new(self.binaries.program("pg_isready"))
            .arg("--quiet")
            .arg("--host")
            .arg(self.folder.path())
            .arg("--port")
            .arg(self.port().to_string())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Kills the server as a power cut would: no goodbye, nothing tidied.
    pub fn kill(&mut self) {
        self.signal("QUIT");
        if let Some(mut server) = self.server.take() {
            // It ended by our signal, whatever it says.
            let _ = server.wait();
        }
    }

    /// Sends the server's first process a signal.
    fn signal(&self, name: &str) {
        let listed = std::fs::read_to_string(self.data().join("postmaster.pid"));
        let Some(pid) = listed.ok().and_then(|text| text.lines().next().map(str::to_owned)) else {
            return;
        };
        // A server that is gone already needs no signal.
        let _ = Command::new("kill").args(["-s", name, &pid]).stderr(Stdio::null()).status();
    }

    fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            end(&mut server);
        }
    }

    /// The data folder.
    #[must_use]
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The folder with the socket.
    #[must_use]
    pub fn socket(&self) -> &Path {
        self.folder.path()
    }

    /// The port, of the socket's name and of 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.options.tcp.unwrap_or(5432)
    }

    /// What the server wrote.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// How the server's superuser reaches `database` over the socket.
    #[must_use]
    pub fn conninfo(&self, database: &str) -> String {
        let (host, port) = (self.socket().display(), self.port());
        format!("host={host} port={port} user=admin dbname={database}")
    }

    /// Runs SQL as the superuser, with `psql`.
    ///
    /// # Errors
    /// When it fails, with what `psql` said.
    pub fn sql(&self, database: &str, sql: &str) -> Result<String, Unavailable> {
        let output = Command::new(self.binaries.program("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set", "ON_ERROR_STOP=1", "--dbname", &self.conninfo(database)])
            .args(["--command", sql])
            .output()
            .map_err(|e| Unavailable::new(format!("psql could not be started: {e}")))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
        } else {
            Err(Unavailable::new(String::from_utf8_lossy(&output.stderr).trim().to_owned()))
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

fn cannot(why: &dyn std::fmt::Display) -> Unavailable {
    Unavailable::new(format!("a private PostgreSQL could not be made: {why}"))
}

fn folder(account: Option<Account>, options: &Options) -> Result<TempDir, Unavailable> {
    // Short: the path of a socket has about a hundred bytes.
    let within = options.within.as_deref().unwrap_or(Path::new("/tmp"));
    let made = tempfile::Builder::new().prefix("mpg").tempdir_in(within);
    let folder = made.map_err(|e| cannot(&e))?;
    Account::give(account, folder.path())?;
    Ok(folder)
}

fn make(command: &mut Command) -> Result<(), Unavailable> {
    let made = command.output().map_err(|e| cannot(&e))?;
    if made.status.success() {
        Ok(())
    } else {
        Err(cannot(&String::from_utf8_lossy(&made.stderr).trim().replace('\n', "; ")))
    }
}

/// Closes the pipe, which ends the server, and waits.
fn end(server: &mut Child) {
    drop(server.stdin.take());
    let _ = server.wait();
}
