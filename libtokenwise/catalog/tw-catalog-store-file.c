/* SPDX-License-Identifier: MIT */
#include "libtokenwise/catalog/tw-catalog-store-file-private.h"

#include "libtokenwise/base/tw-error.h"
#include "libtokenwise/base/tw-paths-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE 0600

static void
set_errno_error (GError **error, const char *path, const char *what, const char *remedy)
{
  g_set_error (error, TW_ERROR, errno == ENOENT ? TW_ERROR_INVALID_INPUT : TW_ERROR_FAILED,
               "%s %s (%s); %s.", path, what, g_strerror (errno), remedy);
}

static GBytes *
read_all (int file, const char *path, gsize size, GError **error)
{
  g_autofree char *content = g_malloc (size + 1);
  gsize done = 0;
  gssize n = 1;

  while (n > 0 && done < size)
    {
      n = read (file, content + done, size - done);
      if (n > 0)
        done += (gsize) n;
      else if (n < 0 && errno == EINTR)
        n = 1;
    }
  if (n >= 0)
    return g_bytes_new_take (g_steal_pointer (&content), done);
  set_errno_error (error, path, "cannot be read", "check its permissions");
  return NULL;
}

GBytes *
tw_catalog_file_read (const char *path, gsize max_bytes, GError **error)
{
  /* A pipe without a writer must not hold us up before it is refused. */
  int file = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  GBytes *content = NULL;
  struct stat info;

  if (file < 0 || fstat (file, &info) != 0)
    set_errno_error (error, path, "cannot be read", "check the name and its permissions");
  else if (!S_ISREG (info.st_mode))
    g_set_error (error, TW_ERROR, TW_ERROR_INVALID_INPUT, "%s is not a file.", path);
  else if (info.st_size < 0 || (guint64) info.st_size > max_bytes)
    g_set_error (error, TW_ERROR, TW_ERROR_LIMIT, "%s has more than %" G_GSIZE_FORMAT " bytes.",
                 path, max_bytes);
  else
    content = read_all (file, path, (gsize) info.st_size, error);
  if (file >= 0)
    close (file);
  return content;
}

static gboolean
write_all (int file, GBytes *content)
{
  gsize left;
  const char *at = g_bytes_get_data (content, &left);

  while (left > 0)
    {
      gssize n = write (file, at, left);

      if (n < 0 && errno != EINTR)
        return FALSE;
      if (n > 0)
        {
          at += n;
          left -= (gsize) n;
        }
    }
  return fsync (file) == 0;
}

/* The rename itself is safe only when the folder is on the disk. */
static void
sync_folder (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  int file = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (file < 0)
    return;
  fsync (file);
  close (file);
}

gboolean
tw_catalog_file_move (const char *from, const char *to, GError **error)
{
  if (g_rename (from, to) != 0)
    {
      set_errno_error (error, to, "cannot be written", "check the folder's permissions");
      return FALSE;
    }
  sync_folder (to);
  return TRUE;
}

gboolean
tw_catalog_file_replace (const char *path, GBytes *content, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *fresh = g_strconcat (path, ".new", NULL);
  gboolean written;
  int file;

  if (!tw_path_make_private_folder (folder, error))
    return FALSE;
  /* What an interrupted write left. */
  g_unlink (fresh);
  file = open (fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
  written = file >= 0 && write_all (file, content);
  if (!written)
    set_errno_error (error, fresh, "cannot be written", "check the folder and the free space");
  if (file >= 0)
    close (file);
  if (written && tw_catalog_file_move (fresh, path, error))
    return TRUE;
  if (file >= 0)
    g_unlink (fresh);
  return FALSE;
}

gboolean
tw_catalog_file_remove (const char *path, GError **error)
{
  if (g_unlink (path) == 0 || errno == ENOENT)
    return TRUE;
  set_errno_error (error, path, "cannot be removed", "check the folder's permissions");
  return FALSE;
}
