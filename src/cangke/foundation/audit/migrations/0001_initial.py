import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('address', models.CharField(blank=True, max_length=45, verbose_name='来源地址')),
                ('action', models.CharField(max_length=80, verbose_name='动作')),
                ('object_type', models.CharField(blank=True, max_length=80, verbose_name='对象类别')),
                ('object_id', models.CharField(blank=True, max_length=80, verbose_name='对象编号')),
                ('changes', models.JSONField(blank=True, default=dict, verbose_name='内容')),
                ('reason', models.CharField(blank=True, max_length=500, verbose_name='事由')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('on_behalf_of', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '审计记录',
                'verbose_name_plural': '审计记录',
                'ordering': ['-pk'],
                'indexes': [models.Index(fields=['object_type', 'object_id', '-id'], name='audit_object'), models.Index(fields=['actor', '-id'], name='audit_actor'), models.Index(fields=['action', '-id'], name='audit_action')],
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('sequence', models.BigIntegerField(primary_key=True, serialize=False, verbose_name='序号')),
                ('hash', models.CharField(max_length=64, verbose_name='散列')),
                ('sealed_at', models.DateTimeField(verbose_name='封存时间')),
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='audit.auditentry')),
            ],
            options={
                'verbose_name': '审计封存',
                'verbose_name_plural': '审计封存',
                'ordering': ['sequence'],
            },
        ),
    ]
