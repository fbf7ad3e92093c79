# What Postfix asks whether somebody may sign in (Dovecot's protocol): says no, breaks off, or knows another way only.
how=$1 tab=$(printf '\t')
case $how in other) way=GSSAPI ;; *) way=PLAIN ;; esac
printf 'VERSION\t1\t1\nMECH\t%s\nSPID\t1\nCUID\t1\nCOOKIE\t1\nDONE\n' "$way"
while IFS=$tab read -r said number _; do
  [ "$said" = AUTH ] || continue
  [ "$how" = wrong ] || exit 0
  printf 'FAIL\t%s\n' "$number"
done
