#!/bin/sh
# Installs what this project needs from Debian's package manager and from npm, and nothing that is there already.
# Usage: install-prerequisites.sh build|demo|test|load|bench
#   build Node.js with npm, which build the web page
#   demo  that, and PostgreSQL: the embedded default starts a private one; LAME, with which MP3 is made
#   test  that, and what the tests start or judge with: RabbitMQ, an S3 server (Ceph's radosgw), ffmpeg, a headless
#         Chromium, nginx, and with npm the packages of tests/npm (Azurite, Twilio's library)
#   load  Node.js and LAME alone
#   bench LAME, and Node.js, which also runs the recorder that ours is compared with; PostgreSQL, the S3 server, and rclone, which the
#         archiver is compared with
# May be run any number of times, also at once and after being interrupted.
set -eu

purpose=${1:-}
case $purpose in
  build | demo | test | load | bench) ;;
  *)
    echo "Usage: $0 build|demo|test|load|bench" >&2
    exit 64
    ;;
esac

if ! command -v dotnet >/dev/null; then
  echo "The .NET 10 SDK is missing: install it from https://dot.net and run this again." >&2
  exit 69
fi

has() { command -v "$1" >/dev/null; }
has_postgres() { for initdb in /usr/lib/postgresql/*/bin/initdb; do [ -x "$initdb" ] && return 0; done; return 1; }
has_lame() { for lame in /usr/lib/*/libmp3lame.so.0 /usr/lib/libmp3lame.so.0 /usr/lib64/libmp3lame.so.0; do [ -e "$lame" ] && return 0; done; return 1; }

# The providers' own libraries and Azurite, exactly as tests/npm/package-lock.json names them. Not having them fails the tests that ask
# them, and no others: that is no reason to stop here.
install_npm_packages() {
  [ "$purpose" = test ] || return 0
  folder=$(dirname "$0")/../tests/npm
  [ ! "$folder/node_modules/.package-lock.json" -nt "$folder/package-lock.json" ] || return 0
  echo "Installing the npm packages of tests/npm"
  (
    cd "$folder"
    exec 8<package.json
    flock 8
    [ node_modules/.package-lock.json -nt package-lock.json ] || npm ci --loglevel=error
  ) || echo "npm could not install them: the tests that need them will say so." >&2
}

packages=
need() { packages="$packages $*"; }

[ "$purpose" = build ] || { has setpriv && has setsid; } || need util-linux
case $purpose in demo | test | bench) has_postgres || need postgresql ;; esac
[ "$purpose" = build ] || has_lame || need libmp3lame0
{ has node && has npm; } || need nodejs npm
case $purpose in
  test | bench)
    { has radosgw && has radosgw-admin && has ceph && has ceph-mon && has ceph-osd && has monmaptool; } || need radosgw ceph-common ceph-mon ceph-osd
    ;;
esac
[ "$purpose" != bench ] || has rclone || need rclone
case $purpose in test | bench) [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || need rabbitmq-server ;; esac
if [ "$purpose" = test ]; then
  { has ffmpeg && has ffprobe; } || need ffmpeg
  has curl || need curl
  has chromium-headless-shell || need chromium-headless-shell
  has nginx || [ -x /usr/sbin/nginx ] || need nginx-light
fi

if [ -z "$packages" ]; then
  install_npm_packages
  exit 0
fi

if ! has apt-get; then
  echo "This machine has no apt-get: install the equivalents of these Debian packages by hand:$packages" >&2
  exit 69
fi

as_root=
if [ "$(id -u)" != 0 ]; then
  if has sudo && { sudo -n true 2>/dev/null || [ -t 0 ]; }; then
    as_root=sudo
  else
    echo "These packages are missing and need root to install: run 'apt-get install --no-install-recommends$packages' as root." >&2
    exit 77
  fi
fi

echo "Installing$packages (once; a few minutes at most)"

# The project starts private servers of its own: Debian's services are neither started by the installation nor at boot.
# shellcheck disable=SC2016 # expanded by the inner shell
$as_root env DEBIAN_FRONTEND=noninteractive PACKAGES="$packages" sh -eu -c '
  exec 9>/run/burqi-install.lock
  flock 9

  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap "rm -f $policy" EXIT
    trap "exit 130" INT TERM HUP
    printf "#!/bin/sh\nexit 101\n" >$policy
    chmod 755 $policy
  fi

  # What an interrupted installation left half done.
  [ -z "$(dpkg --audit)" ] || dpkg --configure -a

  apt="apt-get -q -y -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"
  tries=0
  until $apt update; do
    # Another program may be updating the lists this moment.
    tries=$((tries + 1))
    [ $tries -lt 5 ] || exit 1
    sleep 5
  done
  $apt install --no-install-recommends $PACKAGES

  if [ -d /run/systemd/system ]; then
    case $PACKAGES in *" postgresql"*) systemctl --quiet disable postgresql || true ;; esac
    case $PACKAGES in *rabbitmq-server*) systemctl --quiet disable rabbitmq-server || true ;; esac
  fi
' || {
  echo "The installation of$packages failed: what apt-get says above is the reason; run this again once it is mended." >&2
  exit 69
}

case $packages in
  *" postgresql"*)
    has_postgres || {
      echo "PostgreSQL was installed, but not below /usr/lib/postgresql as Debian does it." >&2
      exit 69
    }
    ;;
esac
echo "Installed$packages"
install_npm_packages
