//! The names that an authority may issue for (RFC 5280 §4.2.1.10).

use der::asn1::Ia5String;
use x509_cert::ext::pkix::{NameConstraints, constraints::name::GeneralSubtree, name::GeneralName};

use super::{IssueError, profile};

/// Whom a root certifies: a domain's people and its hosts.
///
/// Addresses lie in the very domain, hosts in it or below it. IP addresses are not bound: no
/// check but that of a TLS connection, whose caller chose the address, looks at them.
#[derive(Debug, Clone, Copy)]
pub struct Territory<'a> {
    domain: &'a str,
    also_dns: &'a [&'a str],
    below: bool,
}

impl<'a> Territory<'a> {
    /// A domain and nothing else.
    pub const fn of(domain: &'a str) -> Self {
        Self { domain, also_dns: &[], below: false }
    }

    /// With further hosts, where the provider's server has names outside of its domain.
    pub const fn with_hosts(self, also_dns: &'a [&'a str]) -> Self {
        Self { also_dns, ..self }
    }

    /// All domains below this one: an authority above several providers. A verifier who finds
    /// two of them in one dossier cannot tell them apart.
    pub const fn below(domain: &'a str) -> Self {
        Self { below: true, ..Self::of(domain) }
    }

    pub(super) fn constraints(self) -> Result<NameConstraints, IssueError> {
        profile::check_host(self.domain)?;
        let text = |text: &str| Ia5String::new(text).map_err(|_| IssueError::Domain);
        let domain = text(self.domain)?;
        // A leading dot stands for all hosts below, its lack for the host itself.
        let people = if self.below { text(&format!(".{}", self.domain))? } else { domain.clone() };
        let mut permitted = vec![GeneralName::Rfc822Name(people), GeneralName::DnsName(domain)];
        for also in self.also_dns {
            permitted.extend(Some(profile::host(also)?).filter(is_dns));
        }
        let subtree = |base| GeneralSubtree { base, minimum: 0, maximum: None };
        Ok(NameConstraints {
            permitted_subtrees: Some(permitted.into_iter().map(subtree).collect()),
            excluded_subtrees: None,
        })
    }
}

fn is_dns(name: &GeneralName) -> bool {
    matches!(name, GeneralName::DnsName(_))
}
