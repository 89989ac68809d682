# Sourced after environment.sh: the packages that apps run.

readonly publish_attempts=3
readonly publish_pause_seconds=20

# Gives an app a package, and keeps it as the newest version of SERVICE.zip: what an app runs is the
# newest one. The endpoint answers 503 now and then while the app itself is well.
publish() { # SERVICE PACKAGE
  local attempt
  for ((attempt = 1; attempt <= publish_attempts; attempt++)); do
    run az functionapp deployment source config-zip --resource-group "${group[$1]}" \
      --name "${app[$1]}" --src "$2" --timeout 600 --output none && keep_package "$1" "$2" && return
    sleep "$publish_pause_seconds"
  done
  return 1
}

# Asks once where packages are kept.
find_packages() {
  packages_account=$(stack_output packageStorage)
}

keep_package() { # SERVICE PACKAGE
  run az storage blob upload --account-name "$packages_account" --container-name packages \
    --name "$1.zip" --file "$2" --overwrite --auth-mode login --no-progress --output none
}

# Makes a folder for packages, which is deleted at the end.
make_folder() {
  folder=FOLDER
  ! printing || return 0
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
}
