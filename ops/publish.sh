# Sourced after environment.sh: the packages that apps run.

# Azure's name for the package that an app runs; its versions are kept.
readonly running_package=released-package.zip
readonly publish_attempts=3
readonly publish_pause_seconds=20

# The endpoint answers 503 now and then while the app itself is well.
publish() { # SERVICE PACKAGE
  local attempt
  for ((attempt = 1; attempt <= publish_attempts; attempt++)); do
    run az functionapp deployment source config-zip --resource-group "${group[$1]}" \
      --name "${app[$1]}" --src "$2" --timeout 600 --output none && return
    sleep "$publish_pause_seconds"
  done
  return 1
}

# Makes a folder for packages, which is deleted at the end.
make_folder() {
  folder=FOLDER
  ! printing || return 0
  folder=$(mktemp -d)
  trap 'rm -rf "$folder"' EXIT
}
