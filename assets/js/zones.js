// The time zones that this browser knows, for choosing one.
import { useEffect, useState } from "react";

const known = () => {
  try {
    return Intl.supportedValuesOf("timeZone");
  } catch {
    return []; // an old browser: what was chosen stays, and the device's own can be
  }
};
// Browsers still say what these places are no longer called.
const renamed = {
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Europe/Kiev": "Europe/Kyiv",
};
const current = (zone) => renamed[zone] ?? zone;
const label = (zone) => current(zone).replaceAll("_", " ");

// Empty until the page is the reader's own: the builder's zones are not theirs.
export const useZones = ({ chosen }) => {
  const [zones, setZones] = useState([]);
  useEffect(() => {
    const names = new Set(
      [...known().map(current), "UTC"].filter((name) => name !== current(chosen)).concat(chosen || []),
    );
    setZones([...names].sort().map((id) => ({ id, label: label(id) })));
  }, [chosen]);
  return zones;
};

export const useDeviceZone = () => {
  const [zone, setZone] = useState("");
  useEffect(() => setZone(label(new Intl.DateTimeFormat().resolvedOptions().timeZone)), []);
  return zone;
};
