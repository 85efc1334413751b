//! A wire to a server that can be cut at the worst moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::server::Server;

/// When to cut the wire.
pub(crate) enum Cut {
    /// What carries the words does not reach the server.
    Before(String),
    /// It reaches the server, the answer does not come back.
    After(String),
    /// From here on nothing goes either way any more, and the wire stays open.
    Silence(String),
}

/// As the message reads that ends a transaction.
pub(crate) const COMMIT: &str = "COMMIT\0";

type Next = Arc<Mutex<Option<Cut>>>;

/// Takes connections on a port of its own and carries them to the server's socket.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cut: Next,
    silent: Arc<AtomicBool>,
}

impl Proxy {
    pub(crate) fn to(socket: &Path, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let own = listener.local_addr().unwrap().port();
        let proxy = Self { port: own, cut: Arc::default(), silent: Arc::default() };
        let (server, cut) = (socket.join(format!(".s.PGSQL.{port}")), Arc::clone(&proxy.cut));
        let silent = Arc::clone(&proxy.silent);
        // Ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming() {
                carry(client.unwrap(), server.clone(), Arc::clone(&cut), Arc::clone(&silent));
            }
        });
        proxy
    }

    /// To the server of a test, over the wire.
    pub(crate) fn before(server: &Server) -> Self {
        Self::to(server.cluster.socket(), server.cluster.port())
    }

    /// How the store's role reaches the server's database over the wire.
    pub(crate) fn conninfo(&self, server: &Server) -> String {
        let socket = server.cluster.socket().display().to_string();
        let (from, to) = (server.cluster.port(), self.port);
        let conninfo = server.conninfo().replace(&socket, "127.0.0.1");
        conninfo.replace(&format!("port={from}"), &format!("port={to}"))
    }

    /// Whether nothing goes over the wires any more, open ones and new ones. What was silent once
    /// stays so.
    pub(crate) fn silence(&self, silent: bool) {
        self.silent.store(silent, Ordering::SeqCst);
    }

    /// Cuts the wire once.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }
}

/// What to do about these bytes.
fn due(next: &Next, bytes: &[u8]) -> Option<Cut> {
    next.lock().unwrap().take_if(|cut| {
        let (Cut::Before(words) | Cut::After(words) | Cut::Silence(words)) = cut;
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    })
}

fn carry(client: TcpStream, server: PathBuf, cut: Next, silent: Arc<AtomicBool>) {
    let server = UnixStream::connect(server).unwrap();
    let (mut from_server, mut to_client) =
        (server.try_clone().unwrap(), client.try_clone().unwrap());
    let lost = Arc::new(AtomicBool::new(false));
    let answers_lost = Arc::clone(&lost);
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            if answers_lost.load(Ordering::SeqCst) {
                continue;
            }
            // Read to its end also when the client is cut off.
            let _ = to_client.write_all(&bytes[..count]);
        }
        if !answers_lost.load(Ordering::SeqCst) {
            let _ = to_client.shutdown(Shutdown::Both);
        }
    });
    let (mut from_client, mut to_server) = (client, server);
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            lost.fetch_or(silent.load(Ordering::SeqCst), Ordering::SeqCst);
            if lost.load(Ordering::SeqCst) {
                continue;
            }
            match due(&cut, &bytes[..count]) {
                Some(Cut::Before(_)) => break,
                Some(Cut::After(_)) => {
                    from_client.shutdown(Shutdown::Both).unwrap();
                    let _ = to_server.write_all(&bytes[..count]);
                }
                Some(Cut::Silence(_)) => lost.store(true, Ordering::SeqCst),
                None => to_server.write_all(&bytes[..count]).unwrap(),
            }
        }
        let _ = from_client.shutdown(Shutdown::Both);
        // The server's answers are still read: it ends what it was told to do.
        let _ = to_server.shutdown(Shutdown::Write);
    });
}
