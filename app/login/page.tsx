import { AfterLogin } from "#components/shell/login/AfterLogin.tsx";

/** Where a failed login at the provider ends. Whoever is logged in already is sent on. */
export default function LoginPage() {
  return <AfterLogin />;
}
