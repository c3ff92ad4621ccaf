//! Images that read a variable's value from a file, as the documentation of each says.

/// How the variable is called that names the file.
#[derive(Debug, Clone, Copy)]
enum Form {
    /// `NAME_FILE`.
    Suffix,
    /// `NAME__FILE`: Grafana, Gitea, whose names have single underscores already.
    DoubleSuffix,
    /// `FILE__NAME`: the images of LinuxServer.io.
    Prefix,
}
use Form::{DoubleSuffix, Prefix, Suffix};

/// Which variables can be read from a file.
#[derive(Debug, Clone, Copy)]
enum Names {
    /// These.
    These(&'static [&'static str]),
    /// All that begin so.
    Beginning(&'static str),
    /// All that the image knows.
    All,
}
use Names::{All, Beginning, These};

const MYSQL: &[&str] = &[
    "MARIADB_DATABASE",
    "MARIADB_PASSWORD",
    "MARIADB_PASSWORD_HASH",
    "MARIADB_ROOT_HOST",
    "MARIADB_ROOT_PASSWORD",
    "MARIADB_ROOT_PASSWORD_HASH",
    "MARIADB_USER",
    "MYSQL_DATABASE",
    "MYSQL_PASSWORD",
    "MYSQL_ROOT_HOST",
    "MYSQL_ROOT_PASSWORD",
    "MYSQL_USER",
];
const POSTGRES: &[&str] = &["POSTGRES_DB", "POSTGRES_INITDB_ARGS", "POSTGRES_PASSWORD", "POSTGRES_USER"];

/// Repository without `docker.io/library/` (one that ends in `/` stands for all below), names, form. Sorted.
#[rustfmt::skip]
const IMAGES: &[(&str, Names, Form)] = &[
    ("authelia/authelia", Beginning("AUTHELIA_"), Suffix), // authelia.com/configuration/methods/secrets
    ("bitnami/", All, Suffix),                             // README of each, "Docker secrets"
    ("bitnamilegacy/", All, Suffix),
    ("codeberg.org/forgejo/forgejo", Beginning("FORGEJO__"), DoubleSuffix), // forgejo.org/docs, "environment-to-ini"
    ("dpage/pgadmin4", These(&["PGADMIN_DEFAULT_PASSWORD"]), Suffix), // pgadmin.org/docs, "Container Deployment"
    ("ghcr.io/immich-app/immich-server", These(&["DB_DATABASE_NAME", "DB_HOSTNAME", "DB_PASSWORD", "DB_USERNAME", "REDIS_PASSWORD"]), Suffix), // immich.app/docs, "Docker Secrets"
    ("ghcr.io/linuxserver/", All, Prefix),
    ("ghcr.io/paperless-ngx/paperless-ngx", Beginning("PAPERLESS_"), Suffix), // docs.paperless-ngx.com/configuration
    ("gitea/gitea", Beginning("GITEA__"), DoubleSuffix),   // docs.gitea.com, "Managing Deployments With Environment Variables"
    ("grafana/grafana", Beginning("GF_"), DoubleSuffix),   // grafana.com/docs, "Configure Grafana with Docker secrets"
    ("grafana/grafana-enterprise", Beginning("GF_"), DoubleSuffix),
    ("grafana/grafana-oss", Beginning("GF_"), DoubleSuffix),
    ("influxdb", Beginning("DOCKER_INFLUXDB_INIT_"), Suffix), // docs.influxdata.com, "Install InfluxDB v2 using Docker"
    ("joomla", These(&["JOOMLA_DB_NAME", "JOOMLA_DB_PASSWORD", "JOOMLA_DB_USER"]), Suffix), // hub.docker.com/_/joomla
    ("linuxserver/", All, Prefix),                         // docs.linuxserver.io, "Docker Secrets"
    ("lscr.io/linuxserver/", All, Prefix),
    ("mariadb", These(MYSQL), Suffix),                     // hub.docker.com/_/mariadb, "Docker Secrets"
    ("minio/minio", These(&["MINIO_ROOT_PASSWORD", "MINIO_ROOT_USER"]), Suffix), // min.io/docs, root credentials
    ("mongo", These(&["MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_USERNAME"]), Suffix), // hub.docker.com/_/mongo
    ("mysql", These(MYSQL), Suffix),                       // hub.docker.com/_/mysql, "Docker Secrets"
    ("n8nio/n8n", All, Suffix),                            // docs.n8n.io, "Keep sensitive data in separate files"
    ("neo4j", These(&["NEO4J_AUTH"]), Suffix),             // neo4j.com/docs, "Docker-specific: secrets"
    ("nextcloud", These(&["MYSQL_DATABASE", "MYSQL_PASSWORD", "MYSQL_USER", "NEXTCLOUD_ADMIN_PASSWORD", "NEXTCLOUD_ADMIN_USER", "OBJECTSTORE_S3_KEY", "OBJECTSTORE_S3_SECRET", "POSTGRES_DB", "POSTGRES_PASSWORD", "POSTGRES_USER", "REDIS_HOST_PASSWORD", "SMTP_PASSWORD"]), Suffix), // hub.docker.com/_/nextcloud
    ("odoo", These(&["PASSWORD"]), Suffix),                // hub.docker.com/_/odoo
    ("percona", These(MYSQL), Suffix),                     // hub.docker.com/_/percona
    ("percona/percona-server", These(MYSQL), Suffix),
    ("pgvector/pgvector", These(POSTGRES), Suffix),        // its image is made from postgres
    ("phpmyadmin", These(&["MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "PMA_PASSWORD"]), Suffix), // hub.docker.com/_/phpmyadmin
    ("postgis/postgis", These(POSTGRES), Suffix),          // its image is made from postgres
    ("postgres", These(POSTGRES), Suffix),                 // hub.docker.com/_/postgres, "Docker Secrets"
    ("redmine", These(&["REDMINE_DB_DATABASE", "REDMINE_DB_PASSWORD", "REDMINE_DB_USERNAME", "REDMINE_SECRET_KEY_BASE"]), Suffix), // hub.docker.com/_/redmine
    ("timescale/timescaledb", These(POSTGRES), Suffix),    // its image is made from postgres
    ("vaultwarden/server", All, Suffix),                   // vaultwarden wiki, "Docker secrets"
    ("wordpress", Beginning("WORDPRESS_"), Suffix),        // hub.docker.com/_/wordpress
    ("zabbix/", These(&["MYSQL_PASSWORD", "MYSQL_ROOT_PASSWORD", "MYSQL_USER", "POSTGRES_PASSWORD", "POSTGRES_USER"]), Suffix), // README of each
];

/// Databases that take a password from their variables when their volume is made, and not again.
const ONCE: &[&str] =
    &["mariadb", "mongo", "mysql", "percona", "pgvector/pgvector", "postgis/postgis", "postgres"];

/// Older versions of Grafana know no `__FILE`.
const GRAFANA_SINCE: [u32; 2] = [5, 2];

/// The variable that gives this image a file in place of `name`'s value. `None` where it is not known to read one.
pub(super) fn file_variable(image: &str, name: &str) -> Option<String> {
    let repository = repository(image);
    let fits = |known: &str| known == repository || known.ends_with('/') && repository.starts_with(known);
    let (known, names, form) = IMAGES.iter().find(|(known, ..)| fits(known))?;
    let is_known = match names {
        These(names) => names.contains(&name),
        Beginning(start) => name.starts_with(start),
        All => true,
    };
    let is_too_old = known.starts_with("grafana/") && version(image).is_some_and(|own| own < GRAFANA_SINCE);
    let is_a_file = name.ends_with("_FILE") || name.starts_with("FILE__");
    (is_known && !is_too_old && !is_a_file).then(|| match form {
        Suffix => format!("{name}_FILE"),
        DoubleSuffix => format!("{name}__FILE"),
        Prefix => format!("FILE__{name}"),
    })
}

/// Whether an image sets a password when its volume is made, and never changes it after that.
pub(super) fn sets_once(image: &str) -> bool {
    ONCE.contains(&repository(image))
}

/// An image's name without registry, tag and digest where those are the usual ones.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    let image = image[name..].find(':').map_or(image, |tag| &image[..name + tag]);
    let image = image.strip_prefix("docker.io/").unwrap_or(image);
    image.strip_prefix("library/").unwrap_or(image)
}

/// Major and minor version of a tag.
fn version(image: &str) -> Option<[u32; 2]> {
    let (_, tag) = image.split('@').next()?.rsplit_once(':')?;
    let mut numbers = tag.split(['.', '-']).map(|part| part.parse().ok());
    Some([numbers.next()??, numbers.next().flatten().unwrap_or(u32::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_their_variables() {
        let cases = [
            ("postgres", "POSTGRES_PASSWORD", Some("POSTGRES_PASSWORD_FILE")),
            ("docker.io/library/postgres:17@sha256:0", "POSTGRES_PASSWORD", Some("POSTGRES_PASSWORD_FILE")),
            ("postgres:${TAG}", "POSTGRES_PASSWORD", Some("POSTGRES_PASSWORD_FILE")),
            ("postgres", "PGPASSWORD", None),
            ("registry.invalid:5000/postgres", "POSTGRES_PASSWORD", None),
            ("bitnami/redis:7", "REDIS_PASSWORD", Some("REDIS_PASSWORD_FILE")),
            (
                "grafana/grafana:11.2.0",
                "GF_SECURITY_ADMIN_PASSWORD",
                Some("GF_SECURITY_ADMIN_PASSWORD__FILE"),
            ),
            ("grafana/grafana", "GF_SECURITY_ADMIN_PASSWORD", Some("GF_SECURITY_ADMIN_PASSWORD__FILE")),
            ("grafana/grafana:4.6.3", "GF_SECURITY_ADMIN_PASSWORD", None),
            ("lscr.io/linuxserver/mariadb", "MYSQL_ROOT_PASSWORD", Some("FILE__MYSQL_ROOT_PASSWORD")),
            ("redis", "REDIS_PASSWORD", None),
            ("postgres", "POSTGRES_PASSWORD_FILE", None),
        ];
        for (image, name, expected) in cases {
            assert_eq!(file_variable(image, name).as_deref(), expected, "{image} {name}");
        }
        assert!(sets_once("mysql:8") && !sets_once("redis"));
    }

    #[test]
    fn images_are_sorted() {
        assert!(IMAGES.is_sorted_by_key(|(name, ..)| *name));
    }
}
