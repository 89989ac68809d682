//! How the parts of the local platform that stand for services of Azure are trusted, and whom they
//! trust: TLS with the platform's certificate, and the tokens that platform-identity gives.

mod tls;
mod token;

pub use tls::acceptor;
pub use token::Tokens;
