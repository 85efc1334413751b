//! A folder whose files nobody else can have written.
//!
//! Folder and files are opened once, without following links, and it is what was opened that is
//! asked for its owner and its rights: a path could lead elsewhere the second time.

use std::io;

/// Files of this user, which no other can read or change, in a folder of which the same holds.
pub(crate) use system::PrivateFolder;

#[cfg(unix)]
mod system {
    use std::fs::{DirBuilder, File};
    use std::io::{Read as _, Write as _};
    use std::os::fd::{AsFd, OwnedFd};
    use std::os::unix::fs::DirBuilderExt as _;
    use std::path::Path;

    use rustix::fs::{AtFlags, FileType, Mode, OFlags};
    use rustix::io::Errno;

    use super::{io, refused};

    pub(crate) struct PrivateFolder {
        folder: OwnedFd,
        /// The user this process acts as.
        user: u32,
    }

    impl PrivateFolder {
        /// The folder; made if there is none.
        pub(crate) fn open(path: &Path) -> io::Result<Self> {
            DirBuilder::new().recursive(true).mode(0o700).create(path)?;
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
            let folder = rustix::fs::open(path, flags, Mode::empty())?;
            let user = rustix::process::geteuid().as_raw();
            let there = rustix::fs::fstat(&folder)?;
            if there.st_uid != user {
                return Err(refused("the folder belongs to another user: use one of your own"));
            }
            if !is_private(there.st_mode, 0o022) {
                return Err(refused("other users can write to the folder: chmod 700 it"));
            }
            Ok(Self { folder, user })
        }

        /// What is in a file; `None` where there is none.
        pub(crate) fn read(&self, name: &str) -> io::Result<Option<Vec<u8>>> {
            // A pipe would wait for a writer before it could be refused.
            let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
            let file = match rustix::fs::openat(&self.folder, name, flags, Mode::empty()) {
                Err(Errno::NOENT) => return Ok(None),
                file => file?,
            };
            let there = rustix::fs::fstat(&file)?;
            if FileType::from_raw_mode(there.st_mode) != FileType::RegularFile {
                return Err(refused("it is no file"));
            }
            if there.st_uid != self.user {
                return Err(refused("the file belongs to another user: remove it"));
            }
            if !is_private(there.st_mode, 0o077) {
                return Err(refused("the file is open to other users: remove it"));
            }
            let mut bytes = Vec::new();
            File::from(file).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        }

        /// Writes a file, whole or not at all, in the place of one that is there.
        pub(crate) fn replace(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            self.written(bytes, |unfinished| {
                Ok(rustix::fs::renameat(&self.folder, unfinished, &self.folder, name)?)
            })
        }

        /// Writes a file, whole or not at all, unless one is there: of two processes, one does.
        pub(crate) fn begin(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
            self.written(bytes, |unfinished| {
                let (folder, flags) = (&self.folder, AtFlags::empty());
                match rustix::fs::linkat(folder, unfinished, folder, name, flags) {
                    Ok(()) | Err(Errno::EXIST) => {}
                    Err(error) => return Err(error.into()),
                }
                Ok(rustix::fs::unlinkat(folder, unfinished, flags)?)
            })
        }

        fn written(
            &self,
            bytes: &[u8],
            put: impl FnOnce(&str) -> io::Result<()>,
        ) -> io::Result<()> {
            let unfinished = unfinished()?;
            let file = create(&self.folder, &unfinished)?;
            let done = File::from(file).write_all(bytes).and_then(|()| put(&unfinished));
            if done.is_err() {
                let _ = rustix::fs::unlinkat(&self.folder, &unfinished, AtFlags::empty());
            }
            done
        }
    }

    /// A new file that only this user can read.
    fn create(folder: impl AsFd, name: &str) -> io::Result<OwnedFd> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(rustix::fs::openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?)
    }

    /// A name that no other process writes under.
    fn unfinished() -> io::Result<String> {
        let mut chance = [0; 8];
        getrandom::fill(&mut chance).map_err(io::Error::other)?;
        Ok(format!("{:016x}.unfinished", u64::from_ne_bytes(chance)))
    }

    fn is_private(mode: rustix::fs::RawMode, others: rustix::fs::RawMode) -> bool {
        mode & others == 0
    }
}

/// Where files have no owners that could be asked for, nothing is kept.
#[cfg(not(unix))]
mod system {
    use std::path::Path;

    use super::{io, refused};

    pub(crate) enum PrivateFolder {}

    impl PrivateFolder {
        pub(crate) fn open(_: &Path) -> io::Result<Self> {
            Err(refused("compiled plugins are kept only where files have owners"))
        }

        pub(crate) fn read(&self, _: &str) -> io::Result<Option<Vec<u8>>> {
            match *self {}
        }

        pub(crate) fn replace(&self, _: &str, _: &[u8]) -> io::Result<()> {
            match *self {}
        }

        pub(crate) fn begin(&self, _: &str, _: &[u8]) -> io::Result<()> {
            match *self {}
        }
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::PermissionDenied, why)
}
