# A policy service of Postfix: puts a first mail off, as greylisting does, or takes its time, as a filter of contents.
what=$1 seconds=$2
while read -r line; do
  [ -z "$line" ] || continue
  case $what in
  greylist)
    if [ -e /shared/flags/postfix-grey ]; then echo action=dunno; else echo 'action=defer_if_permit 4.2.0 Greylisted'; fi
    touch /shared/flags/postfix-grey
    ;;
  filter)
    sleep "$seconds"
    echo action=dunno
    ;;
  esac
  echo
done
