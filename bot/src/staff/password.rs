//! Passwords: Argon2id on a blocking thread, at most two at a time (each takes 19 MiB and some tens of milliseconds).

use std::sync::LazyLock;

use anyhow::{Result, anyhow};
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

static TURNS: Semaphore = Semaphore::const_new(2);

/// Stands in for the hash of a login that doesn't exist, so that both cases take the same time.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now("nobody's password", &[0; 16]).unwrap_or_default());

/// The password's hash in PHC form.
///
/// # Errors
/// When the hash function refuses its input.
pub(crate) async fn hash(password: String, salt: [u8; 16]) -> Result<String> {
    let _turn = TURNS.acquire().await?;
    tokio::task::spawn_blocking(move || hash_now(&password, &salt)).await?
}

/// Whether the password is the one behind the hash; without a hash never, after the same time.
///
/// # Errors
/// When the blocking thread fails.
pub(crate) async fn is_right(password: String, phc: Option<String>) -> Result<bool> {
    let _turn = TURNS.acquire().await?;
    Ok(tokio::task::spawn_blocking(move || is_right_now(&password, phc.as_deref())).await?)
}

fn hash_now(password: &str, salt: &[u8; 16]) -> Result<String> {
    let hash: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|error| anyhow!("could not hash a password: {error}"))?;
    Ok(hash.to_string())
}

fn is_right_now(password: &str, phc: Option<&str>) -> bool {
    let matches =
        |phc: &str| PasswordHash::new(phc).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok());
    let matched = matches(phc.unwrap_or(&NOBODY));
    matched && phc.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_opens() -> Result<()> {
        let phc = hash("mật khẩu dài".into(), [7; 16]).await?;
        assert!(phc.starts_with("$argon2id$v=19$"));
        assert!(is_right("mật khẩu dài".into(), Some(phc.clone())).await?);
        assert!(!is_right("mật khẩu khác".into(), Some(phc)).await?);
        assert!(!is_right("x".into(), Some("not a hash".into())).await?);
        assert!(!is_right("nobody's password".into(), None).await?);
        Ok(())
    }
}
