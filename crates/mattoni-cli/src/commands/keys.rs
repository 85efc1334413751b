//! `mattoni keys`: the master key, and copies of what it wraps.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};

use mattoni_core::EnteId;
use mattoni_store::{Journal, KeyCopy, KeyRing, MasterKey, Store, Vault, copy_keys, restore_keys};
use serde_json::json;

use crate::args::privacy::{Keys, KeysVerb};
use crate::db::Db;
use crate::output::{Failure, Reader, say};
use crate::store_access::{keys, stores};

pub(crate) async fn run(args: &Keys, reader: Reader) -> Result<(), Failure> {
    match &args.verb {
        KeysVerb::New(whole) => {
            let (path, key) = (keys::file(&whole.db), MasterKey::draw()?);
            keys::make(&path, &key)?;
            let (name, loss) = (key.name(), keys::LOSS);
            let text = format!("La chiave {name} è in {}.\n{loss}", path.display());
            say(reader, &json!({ "key": key.name(), "file": path }), &text);
            Ok(())
        }
        KeysVerb::Begin(whole) => {
            let store = stores::open_keys(&whole.db).await?;
            if !store.seals() {
                return Err(keys::none(&whole.db));
            }
            begin(&store, reader).await
        }
        KeysVerb::Rotate(whole) => rotate(&whole.db, reader).await,
        KeysVerb::Copy { to, whole } => {
            let store = stores::open_to_prove(&whole.db).await?;
            copy(&store, to, reader).await
        }
        KeysVerb::Restore { from, whole } => {
            let store = stores::open_keys(&whole.db).await?;
            restore(&store, from, reader).await
        }
    }
}

async fn begin<S: Store>(store: &Vault<S>, reader: Reader) -> Result<(), Failure> {
    let entes = store.entes().await?;
    for ente in &entes {
        store.begin_sealing(ente).await?;
    }
    let names: Vec<_> = entes.iter().map(EnteId::as_str).collect();
    let text = format!(
        "Da ora i dati delle persone sono sigillati per: {}. Ciò che c'era resta in chiaro.",
        names.join(", ")
    );
    say(reader, &json!({ "entes": entes }), &text);
    Ok(())
}

/// The new key is in the file, before all the old ones, before it wraps anything; so at whatever
/// point this stops, the file opens everything, and running it again goes on.
async fn rotate(db: &Db, reader: Reader) -> Result<(), Failure> {
    let path = keys::file(db);
    let Some(old) = keys::ring(&path)? else { return Err(keys::none(db)) };
    let key = MasterKey::draw()?;
    let all: Vec<&MasterKey> = std::iter::once(&key).chain(old.keys()).collect();
    keys::replace(&path, &all)?;
    let store = stores::open_keys(db).await?;
    let mut done = 0;
    for ente in store.entes().await? {
        done += store.rotate(&ente).await?;
    }
    let text = format!(
        "Chiavi messe sotto la nuova chiave principale {}: {done}. Copi di nuovo le chiavi \
         (mattoni keys copy), poi lasci solo la prima riga in {}.",
        key.name(),
        path.display()
    );
    say(reader, &json!({ "key": KeyRing::new(key).current().name(), "keys": done }), &text);
    Ok(())
}

fn told(copied: KeyCopy) -> serde_json::Value {
    json!({ "keys": copied.keys, "erased": copied.erased, "changed": copied.changed })
}

async fn copy<S: Store>(store: &S, to: &Path, reader: Reader) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file("non si può scrivere la copia", to, &error);
    let mut part = to.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let file = File::create(&part).map_err(failed)?;
    let copied = copy_keys(store, &mut BufWriter::new(&file)).await?;
    file.sync_all().map_err(failed)?;
    // In the place of the last copy: an older one would keep readable what was erased since.
    std::fs::rename(&part, to).map_err(failed)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = File::open(folder.unwrap_or(Path::new(".")));
    folder.and_then(|folder| folder.sync_all()).map_err(failed)?;
    let text = format!(
        "Chiavi copiate in {1}: {0}, di cui cancellate {2}. Distrugga le copie precedenti.",
        copied.keys,
        to.display(),
        copied.erased
    );
    say(reader, &told(copied), &text);
    Ok(())
}

async fn restore<S: Store>(store: &S, from: &Path, reader: Reader) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file("non si può leggere la copia", from, &error);
    let mut file = BufReader::new(File::open(from).map_err(failed)?);
    let restored = restore_keys(store, &mut file).await?;
    let text = format!(
        "Chiavi lette: {}, di cui cancellate {}. Qui ne sono cambiate {}.",
        restored.keys, restored.erased, restored.changed
    );
    say(reader, &told(restored), &text);
    Ok(())
}
