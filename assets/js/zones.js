// The time zones that this browser knows, for choosing one.
import { useEffect, useState } from "react";

const known = () => {
  try {
    return Intl.supportedValuesOf("timeZone");
  } catch {
    return []; // an old browser: what was chosen stays, and the device's own can be
  }
};
const label = (zone) => zone.replaceAll("_", " ");

// Empty until the page is the reader's own: the builder's zones are not theirs.
export const useZones = (chosen) => {
  const [zones, setZones] = useState([]);
  useEffect(() => {
    const names = new Set([...known(), "UTC", ...(chosen ? [chosen] : [])]);
    setZones([...names].sort().map((id) => ({ id, label: label(id) })));
  }, [chosen]);
  return zones;
};

export const useDeviceZone = () => {
  const [zone, setZone] = useState("");
  useEffect(() => setZone(label(new Intl.DateTimeFormat().resolvedOptions().timeZone)), []);
  return zone;
};
