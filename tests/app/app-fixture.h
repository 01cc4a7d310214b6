/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "zf-session.h"

/* What a test of the app's models stands on: a store of the shipped forms in a folder of its own, one village, one household in it, a session. */
#define APP_VILLAGE "11111111-1111-7111-8111-111111111111"

typedef struct
{
  char *dir;
  ZfKinds *kinds;
  ZfStore *store;
  ZfSession *session;
  char *household;
} AppFixture;

/* As g_test_add takes them. @form (nullable): one more form, as JSON of a kind file. */
void app_fixture_set_up (AppFixture *f, gconstpointer form);
void app_fixture_tear_down (AppFixture *f, gconstpointer form);
/* Records of the county, as JSON. */
void app_fixture_seed (AppFixture *f, const char *kind, const char *records);
/* (transfer full): the id of a picture of one colour that is added to the household, and what it is for (nullable). */
char *app_fixture_picture (AppFixture *f, const char *purpose, int width, int height);
/* (transfer full): the id of an audio note; each one its own. */
char *app_fixture_sound (AppFixture *f);
