// Make the replica set of deploy/compose.yaml, its administrator and SmartBank's user; what is there stays.
// mongosh runs it from the address of mongo-1 itself, where the first user may be made by nobody (the localhost exception).

const HOSTS = ["mongo-1:27017", "mongo-2:27017", "mongo-3:27017"];
const TLS = "tls=true&tlsCAFile=/run/secrets/ca.pem&tlsCertificateKeyFile=/run/secrets/administrator.pem";
const SIGNED_IN = `replicaSet=smartbank&authMechanism=MONGODB-X509&authSource=$external&serverSelectionTimeoutMS=10000&${TLS}`;
const ADMINISTRATOR = "CN=administrator,OU=clients,O=SmartBank";
const SMARTBANK = "CN=smartbank,OU=clients,O=SmartBank";
// The second is for a backup that is brought back beside what is there: to try it, or to go on with it.
const DATABASES = ["smartbank", "smartbank-restored"];

const member = connect(`mongodb://localhost:27017/admin?directConnection=true&${TLS}`);

function waitFor(said, isTrue) {
  for (let second = 0; second < 120; second++) {
    if (isTrue(member.hello())) {
      return;
    }
    sleep(1000);
  }
  throw new Error(`Waited two minutes in vain for ${said}.`);
}

function asAdministrator() {
  try {
    const external = connect(`mongodb://${HOSTS.join(",")}/admin?${SIGNED_IN}`).getSiblingDB("$external");
    external.runCommand({ connectionStatus: 1 });
    return external;
  } catch (error) {
    print(`Not signed in: ${error.codeName ?? error.name}.`);
    return null;
  }
}

if (!member.hello().setName) {
  const members = HOSTS.map((host, number) => ({ _id: number, host, priority: number === 0 ? 2 : 1 }));
  member.adminCommand({ replSetInitiate: { _id: "smartbank", members } });
}
waitFor("a primary", (hello) => Boolean(hello.primary));

let external = asAdministrator();
if (external === null) {
  waitFor("mongo-1 to be the primary", (hello) => hello.isWritablePrimary);
  member.getSiblingDB("$external").runCommand({ createUser: ADMINISTRATOR, roles: [{ role: "root", db: "admin" }] });
  external = asAdministrator();
}
if (external === null) {
  throw new Error("The administrator cannot sign in. Was the database made with other certificates?");
}
const roles = DATABASES.map((db) => ({ role: "readWrite", db }));
if (external.getUser(SMARTBANK) === null) {
  external.runCommand({ createUser: SMARTBANK, roles });
} else {
  external.runCommand({ grantRolesToUser: SMARTBANK, roles });
}
print("The replica set is ready.");
