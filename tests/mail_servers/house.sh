#!/bin/sh
# Postfix and Exim from Debian's packages over a copy of this machine that only they see.
# Run in a mount and process namespace of its own: when this process ends, everything ends, and nothing was changed.
# house.sh PACKAGES SHARED: the folder of .deb files, and the folder in which servers find their settings and deliver.
set -eu
packages=$1 shared=$2 house=$(mktemp -d)
mount -t tmpfs tmpfs "$house"
mkdir "$house/changes" "$house/work" "$house/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$house/changes,workdir=$house/work" "$house/root"
root="$house/root"
for package in "$packages"/*.deb; do
  # Not dpkg -x: it would put a folder in the place of the link /lib.
  dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$root"
done
mount --rbind /dev "$root/dev"
mkdir "$root/shared"
mount --bind "$shared" "$root/shared"
echo 'postfix:x:9101:9101::/var/spool/postfix:/bin/false
Debian-exim:x:9102:9102::/var/spool/exim4:/bin/false' >>"$root/etc/passwd"
echo 'postfix:x:9101:
Debian-exim:x:9102:
postdrop:x:9103:' >>"$root/etc/group"
exec chroot "$root" sh -eu /shared/start.sh
