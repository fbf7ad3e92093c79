#!/bin/sh
# dpkg-deb of Debian 12 (1.21.22): -x into a folder in which lib is a link to usr/lib, as in every Debian since 2021.
#
# Seen: a package that has files in /lib puts a folder in the place of the link. What was in lib is not found there any
# more; in the root of a system this takes away its dynamic linker. The same archive unpacked by tar with
# --keep-directory-symlink goes where the link points, as dpkg itself would do.
#
# Needs dpkg-deb and tar. Fails if the behaviour is another one. Writes into a temporary folder only.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder/package/DEBIAN" "$folder/package/lib/some"
echo new >"$folder/package/lib/some/file"
printf 'Package: some\nVersion: 1\nArchitecture: all\nMaintainer: Some <some@example.org>\nDescription: some\n' \
  >"$folder/package/DEBIAN/control"
dpkg-deb --build "$folder/package" "$folder/some.deb" >/dev/null

for way in dpkg-deb tar; do
  mkdir -p "$folder/$way/usr/lib"
  echo old >"$folder/$way/usr/lib/libc"
  ln -s usr/lib "$folder/$way/lib"
done
dpkg-deb -x "$folder/some.deb" "$folder/dpkg-deb"
dpkg-deb --fsys-tarfile "$folder/some.deb" | tar -x --keep-directory-symlink -C "$folder/tar"

dpkg-deb --version | head -n 1
for way in dpkg-deb tar; do
  if [ -L "$folder/$way/lib" ]; then is="still a link"; else is="a folder"; fi
  if [ -e "$folder/$way/lib/libc" ]; then has="still there"; else has="gone"; fi
  echo "$way: lib is $is, lib/libc is $has"
done
[ ! -L "$folder/dpkg-deb/lib" ] && [ ! -e "$folder/dpkg-deb/lib/libc" ] && [ -e "$folder/tar/lib/libc" ]
echo "As it was seen: -x does not follow the link."
