/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-page.h"

G_BEGIN_DECLS

/* ZfCameraPage: the picture of now as large as the screen and one big shutter, or the same looking for a code. The camera is open only while the page is seen. */
#define ZF_TYPE_CAMERA_PAGE (zf_camera_page_get_type ())
G_DECLARE_FINAL_TYPE (ZfCameraPage, zf_camera_page, ZF, CAMERA_PAGE, ZfPage)

typedef enum
{
  ZF_CAMERA_PHOTO,
  ZF_CAMERA_CODE,
} ZfCameraJob;

/* What came of it: one of the three. */
typedef struct
{
  GBytes *jpeg;       /* taken */
  const char *path;   /* chosen instead */
  const char *code;   /* read */
} ZfShot;

/** ZfShotFunc: @shot is NULL when the person changed their mind. Called once, when the page before is seen again. */
typedef void (*ZfShotFunc) (const ZfShot *shot, gpointer data);

/** zf_camera_page_open: shows the page of the window in which @from stands; @title says what for. */
void zf_camera_page_open (GtkWidget *from, ZfCameraJob job, const char *title, ZfShotFunc func, gpointer data);

G_END_DECLS
