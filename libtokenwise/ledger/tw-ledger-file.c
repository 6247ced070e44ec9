/* SPDX-License-Identifier: MIT */
#include "libtokenwise/ledger/tw-ledger-file-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>
#include <unistd.h>

#define FILE_MODE 0600
#define OTHERS (S_IRWXG | S_IRWXO)
/* fs/smb/client/cifsfs.h; not in linux/magic.h of every kernel. */
#define CIFS_MAGIC 0xFF534D42

G_GNUC_PRINTF (2, 3)
static gboolean
refuse (GError **error, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_propagate_error (error, g_error_new_valist (TW_ERROR, TW_ERROR_LEDGER, format, args));
  va_end (args);
  return FALSE;
}

/* The write-ahead log needs memory shared between processes, which these cannot give:
 * https://sqlite.org/wal.html. */
static gboolean
is_on_network (const char *folder)
{
  struct statfs status;

  if (statfs (folder, &status) != 0)
    return FALSE;
  switch ((guint32) status.f_type)
    {
    case NFS_SUPER_MAGIC:
    case SMB_SUPER_MAGIC:
    case SMB2_SUPER_MAGIC:
    case CIFS_MAGIC:
    case AFS_SUPER_MAGIC:
    case CODA_SUPER_MAGIC:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
check_folder (const char *folder, GError **error)
{
  struct stat status;

  if (stat (folder, &status) != 0)
    return refuse (error, "The ledger's folder %s cannot be read (%s); check its permissions.",
                   folder, g_strerror (errno));
  if (status.st_uid != geteuid ())
    return refuse (error,
                   "The ledger's folder %s belongs to another user. Keep the ledger in a folder of "
                   "your own.",
                   folder);
  if ((status.st_mode & OTHERS) != 0)
    return refuse (error,
                   "Other users have access to the ledger's folder %s. Keep the ledger in a folder "
                   "of its own with mode 0700: chmod 700 '%s'.",
                   folder, folder);
  if (is_on_network (folder))
    return refuse (error,
                   "The ledger's folder %s is on a network file system, where SQLite cannot share "
                   "its log. Set XDG_DATA_HOME to a folder on a local disk.",
                   folder);
  return TRUE;
}

static gboolean
check_file (const char *path, const struct stat *status, GError **error)
{
  if (S_ISLNK (status->st_mode))
    return refuse (
        error, "The ledger %s is a symbolic link. Open the file that it points to instead.", path);
  if (!S_ISREG (status->st_mode))
    return refuse (error, "The ledger %s is not a file. Move it aside and start again.", path);
  if (status->st_uid != geteuid ())
    return refuse (error, "The ledger %s belongs to another user; use a ledger of your own.", path);
  if (status->st_nlink != 1)
    return refuse (error,
                   "The ledger %s has a second name (a hard link), which would split its log. "
                   "Remove the other name.",
                   path);
  if ((status->st_mode & OTHERS) != 0)
    return refuse (error, "Other users have access to the ledger %s. Close it: chmod 600 '%s'.",
                   path, path);
  return TRUE;
}

static gboolean
create_file (const char *path, GError **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);

  if (fd >= 0)
    return close (fd) == 0;
  if (errno == EEXIST)
    return TRUE;
  return refuse (error, "The ledger %s cannot be made (%s); check the folder's permissions.", path,
                 g_strerror (errno));
}

static char *
resolve_folder (const char *path, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  char *resolved;
  char *copy;

  if (!tw_path_make_private_folder (folder, error))
    return NULL;
  resolved = realpath (folder, NULL);
  if (resolved == NULL)
    refuse (error, "The ledger's folder %s cannot be resolved (%s); check its permissions.", folder,
            g_strerror (errno));
  copy = g_strdup (resolved);
  free (resolved);
  return copy;
}

char *
tw_ledger_file_prepare (const char *path, struct stat *ret_status, GError **error)
{
  g_autofree char *folder = resolve_folder (path, error);
  g_autofree char *name = g_path_get_basename (path);
  g_autofree char *real_path = NULL;

  if (folder == NULL || !check_folder (folder, error))
    return NULL;
  real_path = g_build_filename (folder, name, NULL);
  if (lstat (real_path, ret_status) != 0
      && (!create_file (real_path, error) || lstat (real_path, ret_status) != 0))
    {
      if (error != NULL && *error == NULL)
        refuse (error, "The ledger %s cannot be read (%s); check its permissions.", real_path,
                g_strerror (errno));
      return NULL;
    }
  if (!check_file (real_path, ret_status, error))
    return NULL;
  return g_steal_pointer (&real_path);
}
