//! Small text files that a command is given: templates, calendars.

use app::{Code, Problem};
use std::io::{ErrorKind, Read};
use std::path::Path;

/// What is taken at most. The largest template is 20 kB.
const LIMIT_BYTES: u64 = 1 << 20;

/// Reads the file. `None` when there is none.
pub fn read(path: &Path) -> Result<Option<String>, Problem> {
    let refused = |why: &str| Problem::new(Code::FileRefused, format!("“{}”{why}", path.display()));
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) => {
            return match error.kind() {
                ErrorKind::NotFound | ErrorKind::NotADirectory | ErrorKind::InvalidFilename => Ok(None),
                ErrorKind::PermissionDenied => Err(refused("没有权限读取，请检查文件的权限")),
                _ => Err(refused("打不开，请检查磁盘或网络位置")),
            };
        }
    };
    if path.is_dir() {
        return Err(refused("是一个文件夹，请写明其中的文件"));
    }
    let mut bytes = Vec::new();
    let read = file.take(LIMIT_BYTES + 1).read_to_end(&mut bytes);
    if read.is_err() {
        return Err(refused("读不出来，请检查磁盘或网络位置"));
    }
    if bytes.len() as u64 > LIMIT_BYTES {
        return Err(refused("超过 1 MB，不是所要的文本文件，请检查是否选错了文件"));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes).to_vec();
    let text = String::from_utf8(bytes);
    text.map(Some).map_err(|_| refused("不是 UTF-8 文本，请用记事本另存为 UTF-8 编码"))
}
