// "Not now": an offer that a person put off is not made again on this device, until they sign out.
import { useCallback, useEffect, useState } from "react";
import { get, set } from "$/public/js/keep.js";

export const useLater = ({ viewer, what }) => {
  const name = viewer && what ? `portal:later:${viewer}:${what}` : "";
  const [later, setLater] = useState(true);
  useEffect(() => setLater(!name || get(name) === "1"), [name]);
  const put = useCallback(() => {
    set(name, "1");
    setLater(true);
  }, [name]);
  return { later, put };
};
