# Inside the house: begin both servers, which read their settings in /shared.
umask 022
mkdir -p /shared/postfix-mail /shared/exim-mail /shared/flags
chmod 777 /shared/postfix-mail /shared/exim-mail /shared/flags

mkdir -p /etc/postfix /var/lib/postfix
cp /shared/main.cf /shared/master.cf /etc/postfix/
chown postfix /var/lib/postfix
spool=/var/spool/postfix
mkdir -p $spool
(cd $spool && mkdir -p active bounce corrupt defer deferred flush hold incoming private saved trace public maildrop pid)
(cd $spool && chown postfix active bounce corrupt defer deferred flush hold incoming private saved trace public maildrop)
(cd $spool && chgrp postdrop public maildrop && chmod 710 public && chmod 730 maildrop)
/usr/lib/postfix/sbin/master -c /etc/postfix &

mkdir -p /var/spool/exim4 /var/log/exim4 /etc/exim4 /run/exim4
cp /shared/exim.conf /etc/exim4/exim4.conf
cp /shared/server.key /etc/exim4/server.key
chown -R Debian-exim /var/spool/exim4 /var/log/exim4 /run/exim4 /etc/exim4/server.key
chown root /etc/exim4/exim4.conf
exim4 -bdf -q1m &
# Until whoever began this closes its end, or is gone.
cat >/dev/null
