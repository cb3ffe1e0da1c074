// Sets or deletes cookies of this server, and says when it is done. An empty secret deletes.
export default function ({ data, setStateValue }) {
  const safe = location.protocol === "https:" ? "; Secure" : "";
  for (const { name, secret, seconds } of data.letters) {
    document.cookie = `${name}=${encodeURIComponent(secret)}; Path=/; Max-Age=${secret ? seconds : 0}; SameSite=Strict${safe}`;
  }
  setStateValue("kept", data.number);
}
