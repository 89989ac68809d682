# Sourced after secrets.sh: SQL on a service's own schema, as the server's administrator.

readonly administrator=platform
sql_files=()

schema_of() { echo "${1//-/_}"; }

setting_of() { # SERVICE SUFFIX
  local prefix=${1^^}
  echo "${prefix//-/_}_$2"
}

# The value of a service's MYSQL_URL. Azure's certificates lead to public roots, which handlers know.
mysql_url() { # USER PASSWORD HOST SCHEMA
  echo "mysql://$1:$2@$3:3306/$4?require_ssl=true"
}

# Writes the client's options to a file that only this user may read.
open_sql() { # SERVICE
  need_administrator_password
  if printing; then
    sql_options=OPTIONS_FILE
    return
  fi
  sql_options=$(mktemp)
  sql_files+=("$sql_options")
  trap 'rm -f "${sql_files[@]}"' EXIT
  # Oracle's client takes the first way to demand the server's certificate, MariaDB's the second.
  cat >"$sql_options" <<OPTIONS
[client]
host=${server[$1]}.mysql.database.azure.com
user=$administrator
password=$MYSQL_ADMINISTRATOR_PASSWORD
ssl-ca=/etc/ssl/certs/ca-certificates.crt
loose-ssl-mode=VERIFY_IDENTITY
loose-ssl-verify-server-cert
OPTIONS
}

# Runs the statements on stdin in the service's schema; rows come as lines of tab-separated cells.
sql() { # SERVICE
  if printing; then
    show mysql --defaults-extra-file="$sql_options" --batch --skip-column-names "$(schema_of "$1")"
    sed 's/^/    /' >&3
  else
    mysql --defaults-extra-file="$sql_options" --batch --skip-column-names "$(schema_of "$1")"
  fi
}
