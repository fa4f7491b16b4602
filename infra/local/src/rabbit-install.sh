#!/bin/sh
# Installs the rabbitmq-server that apt-get has downloaded, run by rabbit-install.ts as root. The package would start a
# broker for the whole machine, now and at each boot: what was not there before is kept from both.
policy=/usr/sbin/policy-rc.d # asked by packages whether they may start their services; most machines have none
if [ ! -e "$policy" ] && [ ! -L "$policy" ]; then
  trap 'rm -f "$policy"' EXIT
  trap 'exit 1' HUP INT TERM
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
fi
new=
[ -e /etc/init.d/rabbitmq-server ] || new='rabbitmq-server'
[ -e /lib/systemd/system/epmd.socket ] || new="$new epmd.socket epmd.service"

apt-get install --yes --no-install-recommends --no-download rabbitmq-server
code=$?

# A policy of the machine's own may have let it start after all.
case $new in rabbitmq-server*)
  service rabbitmq-server stop
  update-rc.d rabbitmq-server disable
  ;;
esac
[ -z "$new" ] || ! command -v systemctl || systemctl disable --now $new
exit $code
