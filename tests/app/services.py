# SPDX-License-Identifier: GPL-3.0-or-later
"""Services that know a place or hand over cameras, for ui-devices.py: services.py geoclue|portal [off] [LAT,LON,ACCURACY…]. It prints "ready", then one line a call;
the places are said one after the other once somebody starts it. "off": whoever starts, or wants the camera, is refused. Else the portal's cameras are those of the
PipeWire that runs here."""
import os
import socket
import sys

from gi.repository import Gio, GLib

GEOCLUE = """<node>
<interface name='org.freedesktop.GeoClue2.Manager'>
<method name='GetClient'><arg type='o' direction='out'/></method>
<method name='DeleteClient'><arg type='o' direction='in'/></method></interface>
<interface name='org.freedesktop.GeoClue2.Client'>
<method name='Start'/><method name='Stop'/>
<property name='DesktopId' type='s' access='readwrite'/><property name='RequestedAccuracyLevel' type='u' access='readwrite'/>
<signal name='LocationUpdated'><arg type='o'/><arg type='o'/></signal></interface>
<interface name='org.freedesktop.GeoClue2.Location'>
<property name='Latitude' type='d' access='read'/><property name='Longitude' type='d' access='read'/>
<property name='Accuracy' type='d' access='read'/><property name='Altitude' type='d' access='read'/></interface></node>"""
PORTAL = """<node>
<interface name='org.freedesktop.portal.Location'>
<method name='CreateSession'><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
<method name='Start'><arg type='o' direction='in'/><arg type='s' direction='in'/><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
<property name='version' type='u' access='read'/>
<signal name='LocationUpdated'><arg type='o'/><arg type='a{sv}'/></signal></interface>
<interface name='org.freedesktop.portal.Camera'>
<method name='AccessCamera'><arg type='a{sv}' direction='in'/><arg type='o' direction='out'/></method>
<method name='OpenPipeWireRemote'><arg type='a{sv}' direction='in'/><arg type='h' direction='out'/></method>
<property name='version' type='u' access='read'/><property name='IsCameraPresent' type='b' access='read'/></interface>
<interface name='org.freedesktop.portal.Session'><method name='Close'/></interface></node>"""
UNKNOWN = -sys.float_info.max


def say(*words):
    print(*words, flush=True)


class Places:
    """What both have in common: a bus, a name, and one place after the other."""

    def __init__(self, name, xml, off, places):
        self.bus = Gio.bus_get_sync(Gio.BusType.SESSION)
        self.kinds = {kind.name: kind for kind in Gio.DBusNodeInfo.new_for_xml(xml).interfaces}
        self.off, self.places, self.n = off, places, 0
        Gio.bus_own_name_on_connection(self.bus, name, Gio.BusNameOwnerFlags.NONE, lambda *_: say("ready"), None)

    def offer(self, path, kind):
        self.bus.register_object(path, self.kinds[kind], self.on_call, self.on_get, self.on_set)

    def on_call(self, bus, sender, path, kind, method, arguments, invocation):
        say(method)
        getattr(self, "do_" + method)(sender, path, arguments, invocation)

    def on_set(self, bus, sender, path, kind, name, value):
        say(name, value.unpack())
        return True

    def start_saying(self):
        GLib.timeout_add(300, self.say_next)

    def say_next(self):
        if not self.places:
            return GLib.SOURCE_REMOVE
        self.say_place(*self.places.pop(0))
        return GLib.SOURCE_CONTINUE


class GeoClue(Places):
    CLIENT = "/org/freedesktop/GeoClue2/Client/1"

    def __init__(self, *rest):
        super().__init__("org.freedesktop.GeoClue2", GEOCLUE, *rest)
        self.offer("/org/freedesktop/GeoClue2/Manager", "org.freedesktop.GeoClue2.Manager")
        self.offer(self.CLIENT, "org.freedesktop.GeoClue2.Client")
        self.values = {}

    def on_get(self, bus, sender, path, kind, name):
        return GLib.Variant("d", self.values[path][name]) if path in self.values else GLib.Variant(*(("s", "") if name == "DesktopId" else ("u", 0)))

    def do_GetClient(self, sender, path, arguments, invocation):
        invocation.return_value(GLib.Variant("(o)", (self.CLIENT,)))

    def do_DeleteClient(self, sender, path, arguments, invocation):
        invocation.return_value(None)

    def do_Start(self, sender, path, arguments, invocation):
        if self.off:
            invocation.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "Geolocation disabled")
            return
        invocation.return_value(None)
        self.start_saying()

    def do_Stop(self, sender, path, arguments, invocation):
        self.places = []
        invocation.return_value(None)

    def say_place(self, lat, lon, accuracy):
        self.n += 1
        path = "/org/freedesktop/GeoClue2/Client/1/Location/%d" % self.n
        self.values[path] = {"Latitude": lat, "Longitude": lon, "Accuracy": accuracy, "Altitude": UNKNOWN}
        self.offer(path, "org.freedesktop.GeoClue2.Location")
        self.bus.emit_signal(None, self.CLIENT, "org.freedesktop.GeoClue2.Client", "LocationUpdated", GLib.Variant("(oo)", ("/", path)))


class Portal(Places):
    PATH = "/org/freedesktop/portal/desktop"

    def __init__(self, *rest):
        super().__init__("org.freedesktop.portal.Desktop", PORTAL, *rest)
        self.offer(self.PATH, "org.freedesktop.portal.Location")
        self.offer(self.PATH, "org.freedesktop.portal.Camera")

    def on_get(self, bus, sender, path, kind, name):
        return GLib.Variant("b", True) if name == "IsCameraPresent" else GLib.Variant("u", 1)

    def path_of(self, what, sender, token):
        return "%s/%s/%s/%s" % (self.PATH, what, sender[1:].replace(".", "_"), token)

    def do_CreateSession(self, sender, path, arguments, invocation):
        self.session = self.path_of("session", sender, arguments.unpack()[0]["session_handle_token"])
        self.offer(self.session, "org.freedesktop.portal.Session")
        invocation.return_value(GLib.Variant("(o)", (self.session,)))

    def respond(self, sender, options, invocation):
        request = self.path_of("request", sender, options["handle_token"])
        invocation.return_value(GLib.Variant("(o)", (request,)))
        self.bus.emit_signal(None, request, "org.freedesktop.portal.Request", "Response", GLib.Variant("(ua{sv})", (1 if self.off else 0, {})))

    def do_Start(self, sender, path, arguments, invocation):
        self.respond(sender, arguments.unpack()[2], invocation)
        self.start_saying()

    def do_AccessCamera(self, sender, path, arguments, invocation):
        self.respond(sender, arguments.unpack()[0], invocation)

    def do_OpenPipeWireRemote(self, sender, path, arguments, invocation):
        with socket.socket(socket.AF_UNIX) as remote:
            remote.connect(os.path.join(os.environ["XDG_RUNTIME_DIR"], "pipewire-0"))
            invocation.return_value_with_unix_fd_list(GLib.Variant("(h)", (0,)), Gio.UnixFDList.new_from_array([os.dup(remote.fileno())]))

    def do_Close(self, sender, path, arguments, invocation):
        self.places = []
        invocation.return_value(None)

    def say_place(self, lat, lon, accuracy):
        values = {name: GLib.Variant("d", value) for name, value in (("Latitude", lat), ("Longitude", lon), ("Accuracy", accuracy), ("Altitude", 731.4))}
        self.bus.emit_signal(None, self.PATH, "org.freedesktop.portal.Location", "LocationUpdated", GLib.Variant("(oa{sv})", (self.session, values)))


off = "off" in sys.argv[2:]
service = {"geoclue": GeoClue, "portal": Portal}[sys.argv[1]](off, [tuple(map(float, word.split(","))) for word in sys.argv[2:] if word != "off"])
GLib.MainLoop().run()
