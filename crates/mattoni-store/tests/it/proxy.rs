//! A wire to a server that can be cut at the worst moment.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

const WHOLE: u8 = 0;
const BEFORE: u8 = 1;
const AFTER: u8 = 2;

/// Takes connections on a port of its own and carries them to the server's socket.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    cut: Arc<AtomicU8>,
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

    /// The next COMMIT does not reach the server.
    pub(crate) fn cut_before_commit(&self) {
        self.cut.store(BEFORE, Ordering::SeqCst);
    }

    /// The next COMMIT reaches the server, its answer does not come back.
    pub(crate) fn cut_after_commit(&self) {
        self.cut.store(AFTER, Ordering::SeqCst);
    }
}

fn carry(client: TcpStream, server: PathBuf, cut: Arc<AtomicU8>) {
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
            let commits = bytes[..count].windows(7).any(|word| word == b"COMMIT\0");
            match if commits { cut.swap(WHOLE, Ordering::SeqCst) } else { WHOLE } {
                BEFORE => break,
                AFTER => {
                    from_client.shutdown(Shutdown::Both).unwrap();
                    let _ = to_server.write_all(&bytes[..count]);
                }
                _ => to_server.write_all(&bytes[..count]).unwrap(),
            }
        }
        let _ = from_client.shutdown(Shutdown::Both);
        // The server's answers are still read: it ends what it was told to do.
        let _ = to_server.shutdown(Shutdown::Write);
    });
}
