#!/bin/sh
# sabre/vobject 2.1.7 (Debian 12, php-sabre-vobject 2.1.7-6.1): the value of a text in iCalendar.
#
# Seen: `\n` comes as a line break, but `\,` and `\;` keep their backslash: "Hall\, room 4". RFC 5545 3.3.11 escapes all of them
# alike.
#
# Needs Debian 12 with apt, and PHP 8 on the path. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq 'php-sabre-vobject=2.1.7-6.1' 2>/dev/null
dpkg -x php-sabre-vobject_*.deb tree

cat > run.php <<'END'
<?php
require 'tree/usr/share/php/Sabre/VObject/includes.php';
$lines = ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//x//EN', 'BEGIN:VEVENT', 'UID:one', 'DTSTAMP:20260401T090000Z',
    'DTSTART:20260401T090000Z', 'LOCATION:Hall\, room 4\; left\nsecond floor', 'END:VEVENT', 'END:VCALENDAR', ''];
$place = (string) Sabre\VObject\Reader::read(implode("\r\n", $lines))->VEVENT->LOCATION;
echo json_encode($place), "\n";
exit($place === "Hall\\, room 4\\; left\nsecond floor" ? 0 : 1);
END
php run.php
echo "As it was seen: commas and semicolons keep their backslash."
