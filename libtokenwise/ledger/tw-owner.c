/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-owner-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define LOCK_SUFFIX ".lock"
#define LOCK_MODE 0600
/* Someone's sweep may hold a new file for an instant; more than a few in a row is something else.
 */
#define CLAIM_ATTEMPTS 20

static char *
lock_path (const char *folder, const char *id)
{
  g_autofree char *name = g_strconcat (id, LOCK_SUFFIX, NULL);

  return g_build_filename (folder, name, NULL);
}

static TwOwner *
owner_new_taking (const char *id, char *path, int fd)
{
  TwOwner *self = g_new0 (TwOwner, 1);

  self->id = g_strdup (id);
  self->path = path;
  self->fd = fd;
  return self;
}

static gboolean
is_still_linked (int fd)
{
  struct stat status;

  return fstat (fd, &status) == 0 && status.st_nlink > 0;
}

/* GLib's own UUIDs come from a generator whose state a fork copies: siblings get the same ones. */
static char *
uuid_from_kernel (void)
{
  guint8 b[16];

  if (getrandom (b, sizeof b, 0) != (gssize) sizeof b)
    return g_uuid_string_random ();
  b[6] = (b[6] & 0x0f) | 0x40;
  b[8] = (b[8] & 0x3f) | 0x80;
  return g_strdup_printf ("%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
                          b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11],
                          b[12], b[13], b[14], b[15]);
}

static TwOwner *
try_claim (const char *folder)
{
  g_autofree char *id = uuid_from_kernel ();
  g_autofree char *path = lock_path (folder, id);
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, LOCK_MODE);

  if (fd < 0)
    return NULL;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && is_still_linked (fd))
    return owner_new_taking (id, g_steal_pointer (&path), fd);
  close (fd);
  errno = EAGAIN;
  return NULL;
}

TwOwner *
tw_owner_new (const char *folder, GError **error)
{
  TwOwner *self = NULL;

  if (!tw_path_make_private_folder (folder, error))
    return NULL;
  for (int i = 0; self == NULL && i < CLAIM_ATTEMPTS; i++)
    {
      self = try_claim (folder);
      if (self == NULL && errno != EAGAIN && errno != EEXIST)
        break;
    }
  if (self == NULL)
    g_set_error (error, TW_ERROR, TW_ERROR_LEDGER,
                 "The lock file of this process could not be made in %s (%s). Check that the "
                 "folder is writable and on a local disk.",
                 folder, g_strerror (errno));
  return self;
}

void
tw_owner_free (TwOwner *self)
{
  unlink (self->path);
  close (self->fd);
  g_free (self->path);
  g_free (self->id);
  g_free (self);
}

void
tw_owner_forget (TwOwner *self)
{
  close (self->fd);
  self->fd = -1;
}

TwOwner *
tw_owner_take_over (const char *folder, const char *id)
{
  g_autofree char *path = NULL;
  int fd;

  /* The name comes from the ledger file, which may have been tampered with. */
  if (!g_uuid_string_is_valid (id))
    return owner_new_taking (id, g_strdup (""), -1);
  path = lock_path (folder, id);
  fd = open (path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0)
    return errno == ENOENT ? owner_new_taking (id, g_steal_pointer (&path), -1) : NULL;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0)
    return owner_new_taking (id, g_steal_pointer (&path), fd);
  close (fd);
  return NULL;
}

void
tw_owner_sweep (const char *folder, const char *const *except)
{
  g_autoptr (GDir) files = g_dir_open (folder, 0, NULL);
  const char *name;

  while (files != NULL && (name = g_dir_read_name (files)) != NULL)
    {
      g_autofree char *id = NULL;
      g_autoptr (TwOwner) dead = NULL;

      if (!g_str_has_suffix (name, LOCK_SUFFIX))
        continue;
      id = g_strndup (name, strlen (name) - strlen (LOCK_SUFFIX));
      if (g_uuid_string_is_valid (id) && !g_strv_contains (except, id))
        dead = tw_owner_take_over (folder, id);
    }
}

gint64
tw_boot_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_BOOTTIME, &now);
  return now.tv_sec;
}

const char *
tw_boot_id (void)
{
  static const char *id;

  if (g_once_init_enter (&id))
    {
      char *text = NULL;

      if (!g_file_get_contents ("/proc/sys/kernel/random/boot_id", &text, NULL, NULL))
        text = g_strdup ("");
      g_once_init_leave (&id, g_strstrip (text));
    }
  return id;
}
