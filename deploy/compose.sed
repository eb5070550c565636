# What deploy/compose.yaml changes in nginx.conf: the two web processes in place of those on the same computer, and what
# nginx writes goes to /tmp, the one place the container may write to. Its logs lead to the container's in nginx's image.
s/127\.0\.0\.1:8501/web-1:8501/
s/# server 127\.0\.0\.1:8502/server web-2:8501/
s|/run/nginx\.pid|/tmp/nginx.pid|
/^http {/a\
    client_body_temp_path /tmp/client_body;\
    proxy_temp_path /tmp/proxy;\
    fastcgi_temp_path /tmp/fastcgi;\
    uwsgi_temp_path /tmp/uwsgi;\
    scgi_temp_path /tmp/scgi;
