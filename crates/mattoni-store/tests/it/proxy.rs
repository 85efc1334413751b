//! A wire to a server that can be cut at the worst moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;

/// When to cut the wire.
pub(crate) enum Cut {
    /// What carries the words does not reach the server.
    Before(String),
    /// It reaches the server, the answer does not come back.
    After(String),
}

/// As the message reads that ends a transaction.
pub(crate) const COMMIT: &str = "COMMIT\0";

type Next = Arc<Mutex<Option<Cut>>>;

/// Takes connections on a port of its own and carries them to the server's socket.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cut: Next,
}

impl Proxy {
    pub(crate) fn to(socket: &Path, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Self { port: listener.local_addr().unwrap().port(), cut: Arc::default() };
        let (server, cut) = (socket.join(format!(".s.PGSQL.{port}")), Arc::clone(&proxy.cut));
        // Ends with the test's process.
        thread::spawn(move || {
            for client in listener.incoming() {
                carry(client.unwrap(), server.clone(), Arc::clone(&cut));
            }
        });
        proxy
    }

    /// Cuts the wire once.
    pub(crate) fn cut(&self, cut: Cut) {
        *self.cut.lock().unwrap() = Some(cut);
    }
}

/// What to do about these bytes.
fn due(next: &Next, bytes: &[u8]) -> Option<Cut> {
    next.lock().unwrap().take_if(|cut| {
        let (Cut::Before(words) | Cut::After(words)) = cut;
        bytes.windows(words.len()).any(|window| window == words.as_bytes())
    })
}

fn carry(client: TcpStream, server: PathBuf, cut: Next) {
    let server = UnixStream::connect(server).unwrap();
    let (mut from_server, mut to_client) =
        (server.try_clone().unwrap(), client.try_clone().unwrap());
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_server.read(&mut bytes) {
            // Read to its end also when the client is cut off.
            let _ = to_client.write_all(&bytes[..count]);
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let (mut from_client, mut to_server) = (client, server);
    thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut bytes) {
            match due(&cut, &bytes[..count]) {
                Some(Cut::Before(_)) => break,
                Some(Cut::After(_)) => {
                    from_client.shutdown(Shutdown::Both).unwrap();
                    let _ = to_server.write_all(&bytes[..count]);
                }
                None => to_server.write_all(&bytes[..count]).unwrap(),
            }
        }
        let _ = from_client.shutdown(Shutdown::Both);
        // The server's answers are still read: it ends what it was told to do.
        let _ = to_server.shutdown(Shutdown::Write);
    });
}
